"""Collaboration hours as a Microsoft Viva Insights person query delivers them, one entry for each hours column."""

from core.metrics.definition import Metric, Shape, Speed

SOURCE = "Microsoft Viva Insights person query, as exported by the employer (import kind viva-person-query)."
_COMMON = "Computed by the employer's own tool from calendars, mail and chat; definitions are Microsoft's."

# column in the export -> (column in collaboration_week, name on screen, direction of strain)
HOURS_COLUMNS: dict[str, tuple[str, str, str]] = {
    "Collaboration_hours": ("collaboration", "Collaboration hours", "higher"),
    "After_hours_collaboration_hours": ("after_hours_collaboration", "Collaboration outside working hours", "higher"),
    "Meeting_and_call_hours": ("meeting_and_call", "Meeting and call hours", "higher"),
    "Meeting_hours": ("meeting", "Meeting hours (Viva)", "higher"),
    "Email_hours": ("email", "E-mail hours", "higher"),
    "Chat_hours": ("chat", "Chat hours", "higher"),
    "Call_hours": ("call", "Call hours", "higher"),
    "Unscheduled_call_hours": ("unscheduled_call", "Unscheduled call hours", "higher"),
    "Channel_message_hours": ("channel_message", "Channel message hours", "higher"),
    "Weekend_collaboration_hours": ("weekend_collaboration", "Weekend collaboration hours", "higher"),
    "Active_connected_hours": ("active_connected", "Connected hours", "higher"),
    "Conflicting_meeting_hours": ("conflicting_meeting", "Conflicting meeting hours", "higher"),
    "Large_and_long_meeting_hours": ("large_and_long_meeting", "Large and long meeting hours", "higher"),
    "Multitasking_hours": ("multitasking", "Multitasking hours", "higher"),
    "External_collaboration_hours": ("external_collaboration", "External collaboration hours", ""),
    "Meeting_and_call_hours_with_manager": ("meeting_and_call_with_manager", "Meeting hours with the manager", ""),
    "Meeting_and_call_hours_with_manager_1_1": (
        "meeting_and_call_with_manager_1_1",
        "One-to-one hours with the manager",
        "",
    ),
    "Meeting_and_call_hours_with_skip_level": (
        "meeting_and_call_with_skip_level",
        "Meeting hours with the manager's manager",
        "",
    ),
}
VIVA_HOURS = tuple(column for column, _, _ in HOURS_COLUMNS.values())


def viva_metrics() -> tuple[Metric, ...]:
    """One mean per hours column, in the order in which screens offer them. No bands: no fixed meaning is published."""
    return tuple(
        Metric(
            id=f"viva_{column}",
            name=name,
            question=f"How many {name[0].lower() + name[1:]} fall on a person's week?",
            formula=f"sum of {export_name} / people",
            unit="hours",
            shape=Shape.MEAN,
            direction=direction,
            bands=(),
            caveat=_COMMON + " Hours say how much, never how well or how anybody is.",
            source=SOURCE,
            speed=Speed.SLOW,
            family=f"viva_{column}",
            inputs=(column,),
            fallback_spread=5.0,
            floor=3.0,
        )
        for export_name, (column, name, direction) in HOURS_COLUMNS.items()
    )
