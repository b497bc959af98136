"""Import: bring a file in. Look at it, check it, load it, and take the last one back. For HR and administrators."""

import streamlit as st

from core.intake.deliveries import may_import
from pages.parts import import_history, import_result, import_steps, import_upload, states
from pages.parts.guard import guard
from pages.parts.import_desk import desk
from pages.parts.page_head import head

viewer = guard("data_import")
parcel = desk().parcel(viewer) if may_import(viewer) else None
work = parcel.work if parcel else None
head("Import", (), *import_steps.sentence(viewer, parcel))

if not may_import(viewer):
    states.card("lock", "Files concern the whole company", import_steps.NARROWED)
elif parcel is None:
    import_upload.empty_state(viewer)
elif work is not None and work.running:
    import_result.progress()
else:
    import_steps.file_line(viewer, parcel)
    if work is not None:
        import_result.fault(work)
    if work is not None and import_steps.is_loaded(work):
        import_result.loaded(work, import_steps.again(viewer))
    else:
        if work is not None and work.refused:
            import_result.problems(viewer, parcel, work)
        if work is not None and work.summary is not None:
            import_result.ready(parcel, work, import_steps.loading(viewer, parcel, work))
        import_steps.describe(viewer, parcel)

st.space("small")
import_history.show(viewer)
