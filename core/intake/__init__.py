"""Files in: formats, header, checks of cells, atomic load, summary. What a kind means is declared by its area."""
