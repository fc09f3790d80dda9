import subprocess
import sys

from tests.api.lunku import ROOT


def run_python(code):
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_torch_and_telemetry_stay_out_and_a_pipeline_runs():
    code = """
import sys
from api.haystack_import import import_haystack
import_haystack()
from haystack import Pipeline, component

@component
class Double:
    @component.output_types(value=int)
    def run(self, value: int):
        return {"value": 2 * value}

pipeline = Pipeline()
pipeline.add_component("double", Double())
print(pipeline.run({"double": {"value": 21}})["double"]["value"])
print([name for name in ("torch", "posthog") if name in sys.modules])
"""
    assert run_python(code) == ["42", "[]"]


def test_what_was_hidden_can_be_imported_afterwards():
    code = """
from api.haystack_import import import_haystack
import_haystack()
import posthog
print(posthog.Posthog.__name__)
"""
    assert run_python(code) == ["Posthog"]


def test_a_second_call_and_an_earlier_import_do_no_harm():
    code = """
import haystack, sys
before = sys.modules["haystack"]
from api.haystack_import import import_haystack
import_haystack()
import_haystack()
print(sys.modules["haystack"] is before)
"""
    assert run_python(code) == ["True"]
