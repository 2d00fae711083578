"""The command line does all that is asked, or says that it does not: no option, key or model is passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc import load, summarize
from convcalc.cli import run
from convcalc.cli.summary import COLUMNS

ROOT = Path(__file__).parents[1]
SIAMESE = str(ROOT / "examples/siamese.yaml")
TWO = "Conv2D(4, 3) | Conv2D(4, 3) | Flatten"


@pytest.fixture
def convcalc(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line: exit status, standard output, standard error."""

    def called(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        done = capsys.readouterr()
        return status, done.out, done.err

    return called


@pytest.mark.parametrize("command", ["summary", "run", "explain"])
def test_a_check_is_refused(convcalc: Any, command: str, tmp_path: Path) -> None:
    """A budget in the YAML is not passed over: no command checks it yet."""
    model = tmp_path / "model.yaml"
    model.write_text("input: [3]\ncheck: {max_params: 1}\nlayers: [Dense: 4]\n")
    status, out, err = convcalc(command, str(model))
    assert (status, out) == (2, "")
    assert "[not-yet]" in err


@pytest.mark.parametrize("command", ["summary", "run", "explain", "layers"])
@pytest.mark.parametrize("name", ["x.pdf", "x.html", "x.yaml"])
def test_an_unknown_ending_is_refused(convcalc: Any, command: str, name: str, tmp_path: Path) -> None:
    """A file whose ending no format has is not written; the error lists the endings."""
    model = () if command == "layers" else ("Dense(1)", "-s", "3")
    status, _, err = convcalc(command, *model, "-o", str(tmp_path / name))
    assert status == 2
    assert "unknown-format" in err
    assert "'.json'" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["summary", "run", "explain"])
@pytest.mark.parametrize(("name", "options"), [("r.json", ()), ("r.json", ("-f", "json")), ("r.txt", ()), ("r", ())])
def test_output_goes_to_the_file_alone(
    convcalc: Any, command: str, name: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    """With -o nothing is printed; the file has what would have been printed."""
    status, out, _ = convcalc(command, "Dense(1)", "-s", "3", *options, "-o", str(tmp_path / name))
    assert (status, out) == (0, "")
    text = (tmp_path / name).read_text()
    assert json.loads(text) if name.endswith("json") else "dense" in text


@pytest.mark.parametrize("shape", ["28x28x1x", "28,,28", ",28", "x", "()", "10,3,,", "3)", "-1"])
def test_a_malformed_shape_is_refused(convcalc: Any, shape: str) -> None:
    """A size that is missing is an error, and is not left out."""
    status, out, err = convcalc("summary", "Flatten()", f"-s{shape}")
    assert (status, out) == (2, "")
    assert "without the batch" in err


@pytest.mark.parametrize("shape", ["28x28x1", "28,28,1", "(28, 28, 1)", "[28,28,1]", "28,28,1,"])
def test_shapes_as_people_type_them(convcalc: Any, shape: str) -> None:
    """Commas, an x, brackets and the comma behind a last size are understood."""
    _, out, _ = convcalc("summary", "Flatten()", "-s", shape, "-f", "csv", "--columns", "output_shape")
    assert out.splitlines()[1] == '"(None, 784)"'


def test_inputs_have_shapes_by_name(convcalc: Any) -> None:
    """Several inputs take a shape each; one of them may keep its own."""
    options = ("-f", "csv", "--columns", "name,output_shape")
    _, out, _ = convcalc("summary", SIAMESE, "-s", "left=64,1", "-s", "right=32,1", *options)
    assert 'left,"(None, 64, 1)"' in out
    assert 'right,"(None, 32, 1)"' in out
    _, out, _ = convcalc("summary", SIAMESE, "-s", "left=64,1", *options)
    assert 'right,"(None, 128, 1)"' in out
    rows = summarize(load(SIAMESE, input_shape={"right": (32, 1)})).rows
    assert {row.name: row.output_shape for row in rows}["right"] == (None, 32, 1)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [(("lft=64,1",), "did you mean 'left'"), (("64,1",), "-s left="), (("left=64,1", "32,1"), "need names")],
)
def test_a_shape_without_its_input_is_refused(convcalc: Any, shapes: tuple[str, ...], message: str) -> None:
    """A name that no input has, and a shape without a name where there are several inputs, are errors."""
    status, _, err = convcalc("summary", SIAMESE, *(word for shape in shapes for word in ("-s", shape)))
    assert status == 2
    assert message in err


def test_several_models_have_one_header_in_csv(convcalc: Any) -> None:
    """A first column says which model a row is of."""
    _, out, _ = convcalc("summary", "Dense(1)", "Dense(2)", "-s", "3", "-f", "csv", "--columns", "params")
    assert out == "model,params\nDense(1),4\nDense(2),8\n"


@pytest.mark.parametrize("form", ["csv", "json", "table", "markdown"])
def test_a_wrong_model_keeps_no_other_from_being_shown(convcalc: Any, form: str) -> None:
    """Every model is tried; the errors come in order behind the results."""
    status, out, err = convcalc("summary", "Dense(1)", "Dese(2)", "Dens(2)", "Dense(7)", "-s", "3", "-f", form)
    assert status == 2
    assert "28" in out
    assert "Dese" in err
    assert err.index("Dese") < err.index("Dens'" if form != "json" else "Dens(2)" if "Dens(2)" in err else "Dens")


def test_one_wrong_model_leaves_no_file(convcalc: Any, tmp_path: Path) -> None:
    """A file is written whole or not at all."""
    status, _, _ = convcalc("summary", "Dense(1)", "Dese(2)", "-s", "3", "-o", str(tmp_path / "x.csv"))
    assert status == 2
    assert not list(tmp_path.iterdir())


def test_no_arguments_show_the_help(convcalc: Any) -> None:
    """The command alone says what it can do."""
    status, out, err = convcalc()
    assert (status, err) == (0, "")
    assert out.startswith("Usage: convcalc")


@pytest.mark.parametrize("model", [SIAMESE, "nothing.keras", "Dense(1) | Dense(2)"])
def test_a_model_without_a_command_is_told_the_command(convcalc: Any, model: str) -> None:
    """Who forgets the command is shown the whole line."""
    status, _, err = convcalc(model)
    assert status == 2
    assert "did you mean `convcalc summary" in err


@pytest.mark.parametrize("command", ["summary", "run", "explain"])
def test_help_names_what_is_understood(convcalc: Any, command: str) -> None:
    """Every source of models stands in the help, every column, and an example."""
    status, out, _ = convcalc(command, "--help")
    assert status == 0
    for source in (".yaml", ".py", ".json", ".keras", ".h5", "standard input", "Conv1D(2, 4) | Flatten", "Example"):
        assert source in out
    assert command != "summary" or all(column in " ".join(out.split()) for column in COLUMNS)


def test_patterns_name_layers(convcalc: Any) -> None:
    """A pattern stands for all layers that it matches, wherever a layer is named; one that matches none is an error."""
    _, out, _ = convcalc("explain", TWO, "-s", "9,9,3", "--layer", "conv2d*", "-f", "json")
    assert [one["name"] for one in json.loads(out)["layers"]] == ["conv2d", "conv2d_1"]
    _, out, _ = convcalc("run", TWO, "-s", "9,9,3", "--layer", "conv2d*", "--show-weights")
    assert "conv2d_1 (" in out
    for command in ("run", "explain"):
        status, _, err = convcalc(command, TWO, "-s", "9,9,3", "--layer", "dense*")
        assert status == 2
        assert "[unknown-name]" in err


def test_figures_are_numbers_in_json(convcalc: Any) -> None:
    """A result is a number, a list for a shape or for pads, or null where it is unknown; a sentence stays a text."""
    _, out, _ = convcalc("explain", "Conv2D(64, 3) | Flatten | Dense(100)", "-s", "32,32,3", "-f", "json")
    steps = [{step["what"]: step["result"] for step in one["steps"]} for one in json.loads(out)["layers"]]
    assert steps[0]["parameters"] == 1792
    assert steps[2]["parameters"] == 5_760_100
    assert steps[1]["values"] == 30 * 30 * 64
    assert steps[2]["shape"] == [None, 100]
    assert steps[0]["height padding"] == [0, 0]
    _, out, _ = convcalc("explain", "Conv2D(4, 3, padding='same', strides=2)", "-s", "None,9,3", "-f", "json")
    steps = [{step["what"]: step["result"] for step in one["steps"]} for one in json.loads(out)["layers"]]
    assert (steps[0]["height"], steps[0]["height padding"], steps[0]["width"]) == (None, None, 5)
