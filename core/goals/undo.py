"""Of whom goals speak, so that a delivery of people is not taken back from under them."""

from sqlalchemy import Connection, select

from core.goals.tables import GoalCoOwner, GoalRow, GoalShare


def people_in_goals(connection: Connection) -> set[int]:
    """Ids of persons who own, share or stand in for a goal, archived ones included."""
    columns = (GoalRow.owner_id, GoalRow.delegate_id, GoalCoOwner.person_id, GoalShare.person_id)
    return {
        person for column in columns for person in connection.scalars(select(column).distinct()) if person is not None
    }


def units_in_goals(connection: Connection) -> set[int]:
    """Ids of units that own a goal, archived ones included."""
    return {unit for unit in connection.scalars(select(GoalRow.owner_unit_id).distinct()) if unit is not None}
