"""What one person may have lying on the server by uploads: few files, never too much, and never somebody else's removed."""

from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from server.uploads import MOST_FILES, MOST_OF_LARGEST, Uploads

LARGEST = 100
steps = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from("ab"), st.integers(0, 9), st.integers(0, LARGEST), st.booleans()),
    max_size=30,
)


def test_the_oldest_goes_when_a_new_one_comes() -> None:
    """Streamlit's own store lets go of it; a file of somebody else stays."""
    store = MemoryUploadedFileManager("/upload")
    uploads = Uploads(LARGEST, store.remove_file)
    for person, file in ((2, "other"), *((1, str(place)) for place in range(MOST_FILES + 1))):
        upload = uploads.begin(person, f"tab{person}", file, 10)
        assert upload is not None
        store.add_file(f"tab{person}", UploadedFileRec(file, "f.csv", "text/csv", b"x" * 10))
        uploads.arrived(upload)

    assert list(store.file_storage["tab1"]) == [str(place) for place in range(1, MOST_FILES + 1)]
    assert list(store.file_storage["tab2"]) == ["other"]


def test_what_is_under_way_has_an_end() -> None:
    """Two of the largest at once; a third waits until one of them is there."""
    uploads = Uploads(LARGEST, lambda *_: None)
    first, second = (uploads.begin(1, "a", file, LARGEST) for file in "xy")
    assert first is not None and second is not None

    assert uploads.begin(1, "a", "z", 1) is None
    assert uploads.begin(2, "b", "z", LARGEST) is not None
    uploads.arrived(first)
    assert uploads.begin(1, "a", "z", 1) is not None


@given(steps)
def test_no_order_of_uploads_leaves_more_than_fits(drawn: list[tuple[int, str, int, int, bool]]) -> None:
    """Any sizes, repeated names, uploads that never end: what a person has in the store stays within both limits."""
    store: dict[tuple[str, str], tuple[int, int]] = {}
    uploads = Uploads(LARGEST, lambda tab, file: store.pop((tab, file), None))
    for person, tab, name, size, ends in drawn:
        upload = uploads.begin(person, f"{tab}{person}", str(name), size)
        if upload is None:
            continue
        if ends:
            store[f"{tab}{person}", str(name)] = (person, size)
            uploads.arrived(upload)
        for who in (1, 2):
            sizes = [size for owner, size in store.values() if owner == who]
            assert len(sizes) <= MOST_FILES and sum(sizes) <= MOST_OF_LARGEST * LARGEST
