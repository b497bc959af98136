"""Everything Evenkeel computes. Imports no Streamlit, ever."""
