"""What the demonstration organisation wants to reach: objectives and key results in the words of each department."""

from typing import NamedTuple


class Aim(NamedTuple):
    """A key result: its title, what is measured, its unit, and from where to where it usually goes."""

    title: str
    metric: str
    unit: str
    baseline: float
    target: float


class Field(NamedTuple):
    """What a department cares about. kpi: name, unit, healthy range."""

    objectives: tuple[str, ...]
    aims: tuple[Aim, ...]
    kpi: tuple[str, str, float, float]


COMPANY: tuple[tuple[str, tuple[Aim, ...]], ...] = (
    (
        "Deliver what customers were promised",
        (
            Aim("Deliver more orders on the day promised", "Orders delivered on the day promised", "%", 88, 94),
            Aim("Answer complaints within two days", "Complaints answered within two days", "%", 71, 90),
            Aim("Return fewer parcels by our own mistake", "Parcels returned by our own mistake", "%", 4.2, 2.5),
        ),
    ),
    (
        "Be the marketplace that small sellers recommend",
        (
            Aim("More sellers who would recommend us", "Sellers who would recommend us", "%", 46, 58),
            Aim("Sellers are live sooner", "Days from signing to first sale", "days", 21, 10),
            Aim("Renewals rise", "Contracts renewed", "%", 82, 89),
        ),
    ),
    (
        "Work at a pace that lasts",
        (
            Aim("Fewer weeks above capacity", "Team weeks above capacity", "%", 14, 6),
            Aim("Leave is taken, not saved up", "Leave taken of what is due", "%", 74, 92),
            Aim("Fewer changes of plan within a quarter", "Plans changed within a quarter", "plans", 40, 18),
        ),
    ),
)

DIVISIONS: dict[str, tuple[str, tuple[Aim, ...]]] = {
    "Engineering": (
        "Systems that hold when it matters",
        (
            Aim("Fewer hours of disturbance", "Hours of disturbance", "hours", 38, 15),
            Aim("Changes reach customers faster", "Days from change to customer", "days", 12, 5),
        ),
    ),
    "Products": (
        "Products that explain themselves",
        (
            Aim("More tasks done without help", "Tasks done without help", "%", 68, 80),
            Aim("New features are used", "Features in use after a month", "%", 44, 60),
        ),
    ),
    "Customer": (
        "Customers reach somebody who can help",
        (
            Aim("Solved at the first contact", "Requests solved at the first contact", "%", 61, 74),
            Aim("Fewer customers leave", "Customers lost in a quarter", "%", 5.1, 3.5),
        ),
    ),
    "Operations": (
        "Flow without fire-fighting",
        (
            Aim("Fewer express runs", "Express runs", "runs", 210, 90),
            Aim("Plans that hold for a week", "Shifts changed in the last week", "%", 18, 8),
        ),
    ),
    "Corporate": (
        "Services that take work off others",
        (
            Aim("Requests answered within three days", "Requests answered within three days", "%", 64, 85),
            Aim("Fewer forms", "Forms in use", "forms", 96, 50),
        ),
    ),
}

FIELDS: dict[str, Field] = {
    "Infrastructure": Field(
        ("Customers hardly notice an incident", "Changes go out without waiting", "One way to run a service"),
        (
            Aim("Recover from an incident sooner", "Minutes to recover", "minutes", 62, 25),
            Aim("More deployments without a rollback", "Deployments without a rollback", "%", 89, 96),
            Aim("Fewer pages at night", "Pages between 22:00 and 6:00", "pages", 46, 18),
            Aim("More services with an owner and a runbook", "Services with a runbook", "services", 31, 58),
        ),
        ("Availability of core services", "%", 99.8, 100),
    ),
    "Software": Field(
        ("Releases are boring", "Pages open at once", "Less code, fewer faults"),
        (
            Aim("Fewer faults found by customers", "Faults found by customers", "faults", 34, 15),
            Aim("Pages open faster", "Seconds until a page can be used", "s", 3.4, 1.8),
            Aim("Reviews are done within a day", "Reviews done within a day", "%", 58, 80),
            Aim("Tests that fail by chance are gone", "Tests that fail by chance", "tests", 52, 10),
        ),
        ("Builds that pass", "%", 90, 100),
    ),
    "Data": Field(
        ("One number for one question", "Data that can be trusted on Monday", "Reports that are read"),
        (
            Aim("Reports are ready by seven", "Reports ready by seven", "%", 78, 95),
            Aim("More tables with an owner", "Tables with an owner", "%", 45, 80),
            Aim("Fewer corrections after publication", "Corrections after publication", "corrections", 24, 8),
            Aim("Old reports are retired", "Reports nobody opens", "reports", 160, 60),
        ),
        ("Freshness of the main tables", "hours", 0, 6),
    ),
    "Payments": Field(
        ("Paying takes a minute", "Money arrives when promised", "Fraud is stopped early"),
        (
            Aim("More started payments are completed", "Started payments completed", "%", 84, 91),
            Aim("Fewer payments need a hand", "Payments checked by hand", "%", 7.5, 3.5),
            Aim("Refunds arrive within two days", "Refunds within two days", "%", 66, 88),
            Aim("Fewer disputes", "Disputes per 10,000 payments", "disputes", 31, 18),
        ),
        ("Payments accepted", "%", 94, 100),
    ),
    "Marketplace": Field(
        ("What is searched is found", "Sellers keep their shop in order", "Offers people trust"),
        (
            Aim("More searches end with a click", "Searches that end with a click", "%", 52, 64),
            Aim("More offers with complete data", "Offers with complete data", "%", 61, 82),
            Aim("Sellers change prices themselves", "Prices changed without support", "%", 55, 80),
            Aim("Fewer offers are taken down late", "Hours until a bad offer is down", "hours", 30, 8),
        ),
        ("Offers in stock", "%", 85, 100),
    ),
    "Logistics Products": Field(
        ("Everybody knows where the parcel is", "Routes that drivers would choose", "Returns without a letter"),
        (
            Aim("Arrival times that hold", "Arrivals within the window told", "%", 76, 88),
            Aim("Fewer kilometres per stop", "Kilometres per stop", "km", 3.9, 3.1),
            Aim("More carriers connected", "Carriers connected", "carriers", 14, 24),
            Aim("Returns booked without help", "Returns booked without help", "%", 59, 80),
        ),
        ("Scans that arrive within a minute", "%", 95, 100),
    ),
    "Subscriptions": Field(
        ("A plan for every size of shop", "Renewing is a good moment", "Loyalty that is worth having"),
        (
            Aim("More trials become plans", "Trials that become plans", "%", 18, 27),
            Aim("Fewer plans are cancelled in month one", "Plans cancelled in month one", "%", 9.5, 5),
            Aim("More members use a benefit", "Members who used a benefit", "%", 34, 52),
            Aim("Partner offers are claimed", "Partner offers claimed", "offers", 900, 2200),
        ),
        ("Payments of plans that fail", "%", 0, 4),
    ),
    "Design": Field(
        ("Screens that everybody can use", "Research before opinion", "One set of parts"),
        (
            Aim("More screens built from shared parts", "Screens built from shared parts", "%", 48, 75),
            Aim("Fewer barriers found in audits", "Barriers found in audits", "barriers", 64, 20),
            Aim("Every project hears five users", "Projects that heard five users", "%", 40, 80),
            Aim("Texts that are understood at once", "Texts understood at first reading", "%", 66, 85),
        ),
        ("Audit score for accessibility", "points", 85, 100),
    ),
    "Support": Field(
        ("A first answer that helps", "Knowledge that is found", "Calm queues"),
        (
            Aim("Answer within two hours", "Requests answered within two hours", "%", 58, 80),
            Aim("Fewer requests are handed on", "Requests handed on", "%", 27, 15),
            Aim("More answers come from the knowledge base", "Requests solved by an article", "%", 22, 38),
            Aim("Older requests are closed", "Requests older than ten days", "requests", 340, 120),
        ),
        ("Customers content with the answer", "%", 84, 100),
    ),
    "Sales": Field(
        ("Offers that fit", "A pipeline one can believe", "Time for customers"),
        (
            Aim("More offers are accepted", "Offers accepted", "%", 24, 32),
            Aim("Offers are sent within two days", "Offers sent within two days", "%", 52, 78),
            Aim("Forecasts that hold", "Difference between forecast and result", "%", 22, 10),
            Aim("First meetings with new shops", "First meetings with new shops", "meetings", 60, 140),
        ),
        ("Offers older than 30 days", "offers", 0, 40),
    ),
    "Accounts": Field(
        ("Customers who stay because it works", "No surprise at renewal", "Plans made together"),
        (
            Aim("Each large customer has a plan", "Customers with a shared plan", "%", 41, 75),
            Aim("Renewals agreed a month ahead", "Renewals agreed a month ahead", "%", 48, 70),
            Aim("Fewer credits for late service", "Credits for late service", "credits", 58, 20),
            Aim("Open points are closed in two weeks", "Open points closed in two weeks", "%", 55, 78),
        ),
        ("Customers with an open complaint", "%", 0, 6),
    ),
    "Marketing": Field(
        ("People know what we do", "Fewer campaigns, better ones", "Words that are true"),
        (
            Aim("More visits become enquiries", "Visits that become enquiries", "%", 2.1, 3.2),
            Aim("Lower cost per enquiry", "Cost per enquiry", "EUR", 74, 52),
            Aim("Events that lead to a meeting", "Guests who ask for a meeting", "%", 12, 22),
            Aim("Old pages are renewed or removed", "Pages older than two years", "pages", 420, 120),
        ),
        ("Unsubscriptions from the newsletter", "%", 0, 0.8),
    ),
    "Onboarding": Field(
        ("Live within two weeks", "Customers who can do it themselves", "No data left behind"),
        (
            Aim("Shops go live sooner", "Days until a shop is live", "days", 24, 14),
            Aim("More customers finish the training", "Customers who finished the training", "%", 57, 78),
            Aim("Fewer corrections after migration", "Records corrected after migration", "%", 3.8, 1.5),
            Aim("First month without a support request", "Shops without a request in month one", "%", 31, 48),
        ),
        ("Projects that wait for us", "projects", 0, 12),
    ),
    "Warehousing": Field(
        ("Right first time", "Safe and even shifts", "Stock that is where it should be"),
        (
            Aim("Fewer picking errors", "Errors per 1,000 picks", "errors", 4.6, 2.2),
            Aim("Stock counts that agree", "Locations that agree at count", "%", 93, 98),
            Aim("Parcels leave the same day", "Parcels that leave the same day", "%", 86, 95),
            Aim("Less lifting by hand", "Heavy lifts by hand", "lifts", 900, 350),
        ),
        ("Orders that wait over night", "orders", 0, 250),
    ),
    "Transport": Field(
        ("On time without hurry", "Vehicles that last", "Borders without waiting"),
        (
            Aim("Departures on time", "Departures on time", "%", 82, 92),
            Aim("Fewer empty kilometres", "Empty kilometres", "%", 19, 13),
            Aim("Second delivery attempts fall", "Second delivery attempts", "%", 8.4, 5),
            Aim("Customs papers right at first", "Customs papers right at first", "%", 88, 96),
        ),
        ("Vehicles available", "%", 92, 100),
    ),
    "Field Service": Field(
        ("One visit is enough", "The right part in the van", "Visits when people are in"),
        (
            Aim("Solved at the first visit", "Visits that solve it at once", "%", 67, 80),
            Aim("Visits within five days", "Visits within five days", "%", 59, 78),
            Aim("Parts are there when needed", "Visits that waited for a part", "%", 16, 8),
            Aim("Fewer visits in vain", "Visits in vain", "%", 9, 4),
        ),
        ("Open visits", "visits", 0, 180),
    ),
    "Procurement": Field(
        ("Few suppliers, well known", "Contracts before orders", "Buying is easy"),
        (
            Aim("Orders under a contract", "Orders under a contract", "%", 71, 88),
            Aim("Fewer suppliers with one order", "Suppliers with one order", "suppliers", 260, 140),
            Aim("Deliveries on the day agreed", "Deliveries on the day agreed", "%", 81, 91),
            Aim("Orders placed within two days", "Orders placed within two days", "%", 56, 80),
        ),
        ("Price against the index", "%", 95, 103),
    ),
    "Facilities": Field(
        ("Buildings that do not get in the way", "Half the energy", "Faults are fixed once"),
        (
            Aim("Faults fixed within three days", "Faults fixed within three days", "%", 64, 85),
            Aim("Less energy per square metre", "Energy per square metre", "kWh", 148, 120),
            Aim("Quiet rooms that can be used", "Quiet rooms in use", "rooms", 18, 32),
            Aim("Fewer repeated faults", "Faults that come back", "%", 21, 10),
        ),
        ("Rooms out of order", "rooms", 0, 5),
    ),
    "Quality": Field(
        ("Causes, not symptoms", "Safe by habit", "Audits that teach"),
        (
            Aim("Near misses are reported", "Near misses reported", "reports", 45, 110),
            Aim("Causes found within two weeks", "Deviations with a cause in two weeks", "%", 48, 75),
            Aim("Measures that work", "Measures checked after three months", "%", 38, 72),
            Aim("Less waste", "Waste per pallet", "kg", 6.8, 4.5),
        ),
        ("Accidents with lost time", "accidents", 0, 2),
    ),
    "Finance": Field(
        ("A close without overtime", "Numbers that managers use", "Invoices without questions"),
        (
            Aim("Months are closed sooner", "Days to close a month", "days", 9, 5),
            Aim("Invoices paid on time", "Invoices paid on time", "%", 86, 96),
            Aim("Fewer manual bookings", "Manual bookings", "bookings", 1900, 800),
            Aim("Old receivables fall", "Receivables over 60 days", "kEUR", 540, 260),
        ),
        ("Difference from budget", "%", -4, 4),
    ),
    "People": Field(
        ("People find their place", "Pay that is right and clear", "Learning within working time"),
        (
            Aim("Posts are filled sooner", "Days to fill a post", "days", 58, 40),
            Aim("Payslips without correction", "Payslips without correction", "%", 97.2, 99.4),
            Aim("Hours of learning are taken", "Hours of learning a person", "hours", 9, 20),
            Aim("Talks in the first week", "New colleagues who had a first-week talk", "%", 62, 95),
        ),
        ("Requests to People open over five days", "requests", 0, 25),
    ),
    "Legal": Field(
        ("Yes, and how", "Contracts one can read", "Nothing lands on the last day"),
        (
            Aim("Contracts are answered in a week", "Contracts answered in a week", "%", 54, 80),
            Aim("Standard contracts are used", "Contracts from a template", "%", 47, 72),
            Aim("Trainings are finished", "Trainings finished on time", "%", 83, 97),
            Aim("Fewer outside opinions", "Outside opinions", "opinions", 38, 18),
        ),
        ("Requests for own data within a month", "%", 98, 100),
    ),
    "IT Services": Field(
        ("A first day that works", "Fewer tools, better kept", "Safe without getting in the way"),
        (
            Aim("Devices ready on day one", "Devices ready on day one", "%", 78, 97),
            Aim("Requests solved in one day", "Requests solved in one day", "%", 57, 76),
            Aim("Tools that nobody uses are retired", "Tools that nobody uses", "tools", 54, 15),
            Aim("Patches within two weeks", "Patches within two weeks", "%", 81, 95),
        ),
        ("Accounts without second factor", "accounts", 0, 10),
    ),
}

STEPS = ("Agreed with those who use it", "Tried with one group", "In use everywhere")
PROJECTS = (
    "Move the weekly plan to one board",
    "Write down how we hand over work",
    "Retire the oldest of our tools",
    "Agree on what is urgent and what is not",
    "Train a second person for every task",
)
LEARNING = (
    "Lead a project from start to end",
    "Hold a workshop for another team",
    "Read and explain our cost report",
    "Learn to review the work of others",
    "Write offers in a second language",
    "Take part in planning for two quarters",
)
TEAM_WELLBEING = (
    ("Two weeks of leave in a row for everybody", "Colleagues with two weeks of leave", "%", 55.0, 100.0),
    ("Meetings end by four", "Meetings that end by four", "%", 62.0, 90.0),
    ("One morning a week without meetings", "Weeks with a free morning", "%", 30.0, 85.0),
)
SERVES = {
    "Engineering": 2,
    "Products": 1,
    "Customer": 0,
    "Operations": 0,
    "Corporate": 2,
}  # which of COMPANY a division serves
NOTES = (
    "The next step is planned.",
    "We looked at it together.",
    "Counted at the end of the week.",
    "The numbers are in the report.",
    "Measured again after the change.",
    "",
    "",
    "",
)
STOPPED = (
    "The contract behind it ended, so nobody would use the result.",
    "Two teams worked on the same thing; the other one goes on.",
    "It cost more than it would have brought.",
)
RESCOPED = (
    "Half of the users moved to another system; the target follows.",
    "Two people moved to the launch; what is left fits those who stay.",
)
