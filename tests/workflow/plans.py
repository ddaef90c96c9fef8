"""Plans of sheets that go out to another program and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.workflow.plan import plan_json
from sheetrender.workflow.project import Request, read_project


def planned(sheet: Path, **overrides: str) -> dict:
    project = read_project(Request(sheet=str(sheet), overrides=overrides))
    plan = plan_json(project.plan(draw_seed=lambda _: 7))
    assert project.findings.problems == []
    return plan


def assert_same(found: dict, expected: dict) -> None:
    # Curves are numbers in the channels by then: no other program has a place for them.
    plain = [key for key in expected if key not in ("channels", "curves")]
    assert {key: found[key] for key in plain} == {key: expected[key] for key in plain}
    for name, values in expected["channels"].items():
        assert found["channels"][name] == pytest.approx(values, rel=0, abs=1e-9), name
