"""The units of the demonstration organisation: names, what belongs where, posts in each, and one reorganisation."""

from dataclasses import dataclass, replace

import numpy as np

from core.demo.knobs import Knobs

COMPANY = "Northwind"
SEPARATOR = "/"
SMALLEST_TEAM, LARGEST_TEAM = 4, 14
SIZE_DEVIATION = 2.4
EXTRA_SUPPORT_POSTS = 3  # they open when Support North gets help
USUAL_LEVELS = (0.9, 0.975)  # team means of utilisation outside Engineering
ENGINEERING_LEVELS = (0.968, 0.992)
HEAD_LEVEL = 0.97
FIXED_LEVELS = {"Platform": 0.97, "Support North": 0.95}
# Posts that are never left vacant: a team cannot become smaller than this.
FLOORS = {"Platform": 12, "Support North": 12}

# division -> department -> teams, as they are in the last week
DIVISIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "Engineering": {
        "Infrastructure": ("Platform", "Site Reliability", "Network"),
        "Software": ("Web Applications", "Mobile Applications", "Integrations", "Quality Engineering"),
        "Data": ("Data Engineering", "Business Intelligence", "Machine Learning", "Data Governance"),
    },
    "Products": {
        "Payments": ("Checkout", "Billing", "Card Processing", "Fraud Prevention", "Payouts"),
        "Marketplace": ("Search", "Catalogue", "Pricing", "Seller Tools", "Reviews"),
        "Logistics Products": ("Route Planning", "Tracking", "Carrier Links", "Returns", "Warehouse Systems"),
        "Subscriptions": ("Plans", "Memberships", "Renewals", "Loyalty", "Gift Cards", "Partner Offers"),
        "Design": ("Product Design", "Design System", "User Research", "Content Design", "Accessibility"),
    },
    "Customer": {
        "Support": (
            "Support North",
            "Support South",
            "Support East",
            "Support West",
            "Escalations",
            "Support Knowledge",
            "Support Planning",
        ),
        "Sales": (
            "Sales Nordics",
            "Sales Benelux",
            "Sales Iberia",
            "Sales Central",
            "Inside Sales",
            "Sales Operations",
        ),
        "Accounts": ("Key Accounts", "Public Sector", "Retail Accounts", "Small Business", "Partner Accounts"),
        "Marketing": ("Brand", "Campaigns", "Events", "Market Research", "Web Content"),
        "Onboarding": (
            "Onboarding North",
            "Onboarding South",
            "Customer Training",
            "Data Migration",
            "Solution Advice",
        ),
    },
    "Operations": {
        "Warehousing": ("Inbound", "Storage", "Picking", "Packing", "Dispatch", "Stock Control", "Returns Handling"),
        "Transport": ("Linehaul", "Last Mile North", "Last Mile South", "Fleet", "Customs", "Transport Planning"),
        "Field Service": ("Field North", "Field South", "Field West", "Spare Parts", "Visit Scheduling"),
        "Procurement": ("Sourcing", "Supplier Management", "Purchasing", "Supplier Contracts", "Category Management"),
        "Facilities": ("Site Services", "Maintenance", "Site Security", "Energy", "Workspace Planning"),
        "Quality": ("Quality Assurance", "Process Improvement", "Health and Safety", "Environment", "Internal Audits"),
    },
    "Corporate": {
        "Finance": ("Accounts Payable", "Accounts Receivable", "Financial Planning", "Controlling", "Treasury", "Tax"),
        "People": ("Recruiting", "People Partners", "Payroll", "Learning", "Reward", "People Systems"),
        "Legal": ("Commercial Law", "Employment Law", "Data Protection", "Compliance", "Company Secretary"),
        "IT Services": (
            "Service Desk",
            "Workplace Technology",
            "Business Applications",
            "Information Security",
            "Identity and Access",
        ),
    },
}

# team -> (division, department) that it belonged to before the reorganisation
FORMER_HOMES: dict[str, tuple[str, str]] = {
    "Field North": ("Customer", "Onboarding"),
    "Field South": ("Customer", "Onboarding"),
    "Field West": ("Customer", "Onboarding"),
    "Tracking": ("Operations", "Transport"),
    "Carrier Links": ("Operations", "Transport"),
}

# Posts that do not depend on the seed. Engineering is small, so that one worn team shows at each level above it.
FIXED_POSTS: dict[str, int] = {
    "Platform": 14,
    "Site Reliability": 6,
    "Network": 5,
    "Web Applications": 8,
    "Mobile Applications": 7,
    "Integrations": 6,
    "Quality Engineering": 7,
    "Data Engineering": 8,
    "Business Intelligence": 7,
    "Machine Learning": 6,
    "Data Governance": 6,
    "Support North": 13,
}

# People on the warehouse floor and on the road keep no calendar.
NO_CALENDAR_CANDIDATES = (
    "Picking",
    "Packing",
    "Dispatch",
    "Last Mile North",
    "Last Mile South",
    "Inbound",
    "Storage",
    "Linehaul",
    "Returns Handling",
    "Fleet",
)

ROLES: dict[str, tuple[str, ...]] = {
    "Infrastructure": ("Systems engineer", "Reliability engineer"),
    "Software": ("Software engineer", "Test engineer"),
    "Data": ("Data engineer", "Data analyst"),
    "Payments": ("Software engineer", "Product manager", "Payments analyst"),
    "Marketplace": ("Software engineer", "Product manager"),
    "Logistics Products": ("Software engineer", "Product manager"),
    "Subscriptions": ("Product manager", "Software engineer"),
    "Design": ("Designer", "Researcher"),
    "Support": ("Support agent", "Support specialist"),
    "Sales": ("Sales representative", "Sales analyst"),
    "Accounts": ("Account manager", "Account associate"),
    "Marketing": ("Marketing specialist", "Editor"),
    "Onboarding": ("Onboarding consultant", "Trainer"),
    "Warehousing": ("Warehouse operative", "Stock controller"),
    "Transport": ("Transport coordinator", "Driver"),
    "Field Service": ("Field technician", "Service coordinator"),
    "Procurement": ("Buyer", "Category specialist"),
    "Facilities": ("Facilities technician", "Facilities coordinator"),
    "Quality": ("Quality specialist", "Process analyst"),
    "Finance": ("Accountant", "Finance analyst"),
    "People": ("People specialist", "People administrator"),
    "Legal": ("Legal counsel", "Compliance officer"),
    "IT Services": ("IT specialist", "Service desk agent"),
}


@dataclass(frozen=True)
class Unit:
    """A unit of any level with its posts; `parent` and `former_parent` are positions in the tuple of units."""

    name: str
    path: str
    former_path: str  # the path before the reorganisation, mostly the same
    depth: int  # 0 company, 1 division, 2 department, 3 team
    parent: int  # -1 for the company
    former_parent: int
    posts: int  # 1 for the head of an inner unit
    floor: int  # how many of the posts are never vacant
    level: float  # usual utilisation

    @property
    def department(self) -> str:
        """Name of the department of a team (its own name for a department)."""
        return self.path.split(SEPARATOR)[2]


def units(knobs: Knobs) -> tuple[Unit, ...]:
    """All units, parents before children: the company, divisions, departments, 120 teams of 4 to 14 posts.

    Team sizes and usual levels depend on `knobs.seed` and `knobs.people` only. Without the reorganisation each former
    path is the present one.
    """
    found = [Unit(COMPANY, COMPANY, COMPANY, 0, -1, -1, 1, 1, HEAD_LEVEL)]
    places = {COMPANY: 0}

    def add(name: str, parent_path: str, depth: int) -> str:
        path = parent_path + SEPARATOR + name
        places[path] = len(found)
        parent = places[parent_path]
        found.append(Unit(name, path, path, depth, parent, parent, 1, 1, HEAD_LEVEL))
        return path

    departments: list[tuple[str, tuple[str, ...]]] = []
    for division, inside in DIVISIONS.items():
        division_path = add(division, COMPANY, 1)
        departments += [(add(department, division_path, 2), teams) for department, teams in inside.items()]
    for department_path, teams in departments:
        for team in teams:
            add(team, department_path, 3)

    first_team = len(found) - sum(unit.depth == 3 for unit in found)
    posts = _posts([unit.name for unit in found[first_team:]], knobs, heads=first_team)
    draws = np.random.default_rng([knobs.seed, 2]).random(len(posts))
    for place, (size, draw) in enumerate(zip(posts, draws, strict=True), start=first_team):
        team_unit = found[place]
        low, high = ENGINEERING_LEVELS if SEPARATOR + "Engineering" + SEPARATOR in team_unit.path else USUAL_LEVELS
        found[place] = replace(
            team_unit,
            posts=size,
            floor=FLOORS.get(team_unit.name, SMALLEST_TEAM),
            level=FIXED_LEVELS.get(team_unit.name, low + (high - low) * float(draw)),
        )
        if knobs.reorganisation and team_unit.name in FORMER_HOMES:
            former = SEPARATOR.join((COMPANY, *FORMER_HOMES[team_unit.name]))
            found[place] = replace(
                found[place], former_path=former + SEPARATOR + team_unit.name, former_parent=places[former]
            )
    return tuple(found)


def _posts(teams: list[str], knobs: Knobs, heads: int) -> list[int]:
    """Posts in each team: spread round the mean, within the limits, adding up to the staff wanted and its vacancies."""
    vacancies = knobs.turnover * knobs.people * 3.0 / 52  # a post is vacant for three weeks, averaged over all posts
    wanted = round(knobs.people + vacancies) - heads
    rng = np.random.default_rng([knobs.seed, 1])
    fixed = np.array([FIXED_POSTS.get(team, 0) for team in teams])
    free = np.flatnonzero(fixed == 0)
    mean = (wanted - fixed.sum()) / len(free)
    sizes = fixed.copy()
    drawn = np.rint(mean + SIZE_DEVIATION * rng.standard_normal(len(free)))
    sizes[free] = np.clip(drawn, SMALLEST_TEAM, LARGEST_TEAM)
    while (short := wanted - int(sizes.sum())) != 0:
        step = 1 if short > 0 else -1
        limit = LARGEST_TEAM if short > 0 else SMALLEST_TEAM
        room = free[sizes[free] != limit]
        if not len(room):  # every team is at its limit
            break
        chosen = rng.permutation(room)[: abs(short)]
        sizes[chosen] += step
    return [int(size) for size in sizes]
