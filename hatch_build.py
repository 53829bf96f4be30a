"""Makes the tables of the course that ships, and puts them into the wheel."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface):
    """Adds grader/diagnosis/shipped; see grader/diagnosis/table_files.py."""

    _folder = ""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the tables, unless bpgrade is installed in place: then its source still changes."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from grader.course.load import load_course
        from grader.diagnosis.making_tables import make_tables

        self._folder = tempfile.mkdtemp(prefix="bpgrade-tables-")
        course = load_course(Path(self.root))
        made = make_tables(course, course.exercises, Path(self._folder))
        self.app.display_info(f"{made} tables made")
        build_data["force_include"][self._folder] = "grader/diagnosis/shipped"

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Remove what has been put into the wheel."""
        if self._folder:
            shutil.rmtree(self._folder)
