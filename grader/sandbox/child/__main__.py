"""Start the untrusted side: `python -P -s -S .../child MODE [CONTROL_DESCRIPTOR]`.

    fork   serve as a warm host; settings come on the control channel
    probe  shut this process in as a submission's, and tell which layers hold
    single serve one submission over standard input and output, where a host cannot fork

The package is loaded under a name of its own from its own folder, so that neither
site-packages nor the rest of the grader is ever on the module path.
"""

import importlib.util
import sys
from pathlib import Path


def _load_package(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        "bpgrade_child", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no child package in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bpgrade_child"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() != here]
    _load_package(here)
    from bpgrade_child import entry_points  # type: ignore[import-not-found]

    mode, *rest = sys.argv[1:]
    sys.argv[1:] = []
    entry_points.MODES[mode](*map(int, rest))
