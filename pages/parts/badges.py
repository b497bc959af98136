"""How a tone looks as a badge: colour and icon. One meaning, one look, on every screen."""

Badge = tuple[str, str]

# tone of a band -> colour and icon
BANDS: dict[str, Badge] = {
    "low": ("blue", "south"),
    "within": ("gray", "check"),
    "watch": ("yellow", "change_history"),
    "over": ("orange", "square"),
    "critical": ("red", "square"),
    "": ("gray", "straighten"),
}
_COLOURS = {"over": "orange", "beyond": "gray", "improved": "blue"}
_ICONS = {"up": "north_east", "down": "south_east"}
USUAL: Badge = ("gray", "remove")


def verdict(tone: str, direction: str) -> Badge:
    """Colour and icon of a verdict against the own usual swing; what is neither beyond it nor improved is quiet."""
    if tone in _COLOURS and direction in _ICONS:
        return _COLOURS[tone], _ICONS[direction]
    return USUAL
