"""Write the generated pages of docs/ again; tests compare them with what is written here."""

from argparse import ArgumentParser
from pathlib import Path

from core.access.documentation import access_page
from core.demo.documentation import demonstration_page
from core.goals.rules_wording import with_reasons
from core.intake.documentation import import_page
from core.metrics.catalogue import catalogue
from core.metrics.wording import metrics_page
from core.policy import Policy

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = {
    "access.md": access_page,
    "metrics.md": lambda: metrics_page(catalogue(Policy())),
    "import.md": import_page,
    "goals.md": lambda: with_reasons((DOCS / "goals.md").read_text(encoding="utf-8"), Policy()),
    "demonstration.md": demonstration_page,
}


def main() -> None:
    """Write every page."""
    ArgumentParser(
        prog="python -m scripts.write_docs", description="Write the generated pages of docs/ again."
    ).parse_args()
    for name, text in PAGES.items():
        (DOCS / name).write_text(text(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
