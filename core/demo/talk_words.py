"""What people of the demonstration write to each other: short, about the work, and kind."""

from typing import NamedTuple

# prompts of core.rhythm.guides -> what the employee prepared for the next conversation
SHARED_ANSWERS = {
    "progress": "The two largest services write a log one can read. The others follow the same pattern.",
    "obstacles": "After nights with pages the mornings are gone, so reviews wait.",
    "workload": "The rota every third week is too much beside the hand-over. The old reporting job could stop.",
    "support": "Somebody from Software for a day a week, until the first two services are handed over.",
    "growth": "I would like to lead the next post-incident review from start to end.",
}
PRIVATE_ANSWERS = {
    "progress": "",
    "obstacles": "Not sure yet how to say that the plan does not fit.",
    "workload": "Ask whether the date of the hand-over can move.",
    "support": "",
    "growth": "",
}
LEAD_ANSWERS = {
    "progress": "The first hand-over went well.",
    "obstacles": "Nothing has been taken off the plan yet. That is mine to solve.",
    "workload": "Ask what could stop.",
    "support": "",
    "growth": "Talk about the review that Noor wants to lead.",
}
# newest last
NOTES = (
    "We went through the rota. Two weeks in a row do not happen again; we swap before that.",
    "Half of the log work is done. What is left is the same pattern, less thinking.",
    "The night pages take the mornings. We try: no meetings before ten after a night on call.",
    "The trial with mornings helps. We keep it, and ask the team whether they want it too.",
    "The hand-over is late because nothing was taken off the plan. I take that to the next planning.",
)
TEAM_NOTES = (
    "We looked at the quarter. One thing stops: the weekly report that nobody reads.",
    "Good talk about what to learn next. Pairing with Site Reliability from next week.",
    "The work on runbooks is on its way. Leave in summer is planned.",
)
COACH_NOTE = "We tried GROW on the review: what would make it a good hour for those who come?"


class StepWords(NamedTuple):
    """A step: who does it (the employee or not), due so many days from today, done so many days ago (None: open)."""

    text: str
    mine: bool
    due: int
    done: int | None


STEPS = (
    StepWords("Swap the two weeks of the rota with the team", True, -70, 74),
    StepWords("Ask planning to take one project off the list", False, 6, None),
    StepWords("Write the pattern for logs down, one page", True, 12, None),
    StepWords("Find somebody in Software for a day a week", False, -4, None),
)
CARRIED = "Visit the network team for a day"
COACH_STEP = StepWords("Write an invitation for the review, ten lines", True, 8, None)

QUESTION_TO_EMPLOYEE = (
    "You were in the hand-over meeting on Tuesday. What helped you to follow, and what should I leave out next time?"
)
QUESTION_TO_MANAGER = "How clear was my update in the planning round? I would like to be shorter."
ANSWER_TO_EMPLOYEE = (
    "I notice that you began with the result, and the room was quiet from then on.",
    "The two teams could decide at once.",
    "The middle part could be half as long. A picture of the steps would do.",
)
RECOGNITION = (
    "You stayed with the new colleague through the first night on call, and wrote down what was missing.",
    "The next night went by without a call to you, and the runbook has three pages more.",
)
GIVEN = (
    "In the review on Monday the cause was named before anybody had spoken about the signs.",
    "Two of us had seen something else and did not say it.",
    "We could go round once before we name a cause, or somebody else could lead.",
)
