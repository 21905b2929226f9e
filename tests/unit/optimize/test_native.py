"""Loading the compiled kernels: a damaged library is never loaded, and nothing breaks without one."""

import shutil
from pathlib import Path

import pytest

from mentorctl.optimize.kernels import native

HOME = Path(native.__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the library and its seal."""
    if not native.available():
        pytest.skip("the kernels are not built here")
    for name in (native._LIBRARY, native._SEAL):
        shutil.copy(HOME / name, tmp_path / name)
    return tmp_path


def test_a_whole_library_is_loaded(folder: Path) -> None:
    """Wherever the two files lie, they are loaded when they belong together."""
    assert native.library(folder) is not None


def test_a_missing_library_is_no_library(tmp_path: Path) -> None:
    """Without the files the answer is no, and nothing is raised."""
    assert native.library(tmp_path) is None


@pytest.mark.parametrize("name", [native._LIBRARY, native._SEAL])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), id="cut short"),
        pytest.param(lambda path: path.write_bytes(bytes(range(256)) * 40), id="something else"),
    ],
)
def test_a_damaged_file_is_not_loaded(folder: Path, name: str, change: object) -> None:
    """A library that is not the one that was built could end the process; it is noticed by its digest before."""
    assert callable(change)
    change(folder / name)

    assert native.library(folder) is None


def test_a_library_of_another_interface_is_not_loaded(folder: Path) -> None:
    """After an update beside an old library the pure path is taken."""
    _, *rest = (folder / native._SEAL).read_text(encoding="ascii").split()
    (folder / native._SEAL).write_text(" ".join([str(native.ABI + 1), *rest]), encoding="ascii")

    assert native.library(folder) is None


def test_both_sides_have_the_same_version() -> None:
    """The number in the header and the number in Python are one."""
    header = (HOME / "kernels.h").read_text(encoding="utf-8")
    assert f"#define MENTORCTL_KERNELS_ABI {native.ABI}\n" in header
