"""How the area is named where releases are kept, and how much of it screens look at."""

AREA = "workload"
LONGEST = 104  # weeks that a screen shows at most, and that are read to count teams
