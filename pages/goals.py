"""Goals: which of them need revisiting and why, with the decision one click away; and all goals, in other views."""

from pages.parts import goal_choices, goal_map, goal_queue, goal_room, goal_shares, goal_tree
from pages.parts.guard import guard

viewer = guard("goals")
offered = goal_choices.views(viewer)
views = {
    "revisit": goal_queue.show,
    "tree": goal_tree.show,
    "map": goal_map.show,
    "team": goal_room.show,
    "units": goal_shares.show,
}
views[goal_choices.view(offered)](viewer, offered)
