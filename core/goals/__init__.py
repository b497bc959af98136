"""Goals that stay in view: what is to be reached, how far it has come, and which goals need revisiting, with reasons."""
