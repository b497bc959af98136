"""The parts of the ASGI application that are not screens: headers, session routes, the gate, and the operator's listener."""
