"""The demonstration organisation: an invented company with things in it that are worth finding."""

from core.demo.generate import Organisation, generate
from core.demo.knobs import KNOB_MEANINGS, Knobs
from core.demo.stories import Story

__all__ = ["KNOB_MEANINGS", "Knobs", "Organisation", "Story", "generate"]
