"""Account: the person's own password, where they are signed in, and light or dark."""

import streamlit as st

from pages.parts import account_password, account_sessions, appearance
from pages.parts.guard import guard
from pages.parts.page_head import head

viewer = guard("account")
held = account_sessions.own(viewer.id)
head(
    "Account",
    (),
    account_sessions.sentence(len(held)),
    "Nobody else can see this page. Your administrator sees your name, your roles and your units.",
)

page = st.grid(2, min_column_width=340, gap="medium")
with page.cell():
    account_sessions.show(viewer.id, held)
    appearance.choose()
with page.cell():
    account_password.change(viewer)
