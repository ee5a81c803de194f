"""Pictures of a run: its losses, its data, and where models stand between speed and quality."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
# Text stays text and names don't change from run to run, so that the files are small and compare.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "micro", "font.family": "sans-serif"}
from matplotlib import pyplot  # noqa: E402


def run(work: Path) -> None:
    """`loss.svg` and `data.svg` of what lies in the work folder."""
    losses(work, work / "loss.svg")
    statistics(work, work / "data.svg")


def losses(work: Path, path: Path) -> None:
    """Losses of a target token by progress, each with its running mean; the student's is a sum of three parts."""
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    for name in ("tune", "student"):
        log = work / f"{name}.json"
        if log.exists():
            steps = json.loads(log.read_text())["steps"]
            values = [step["loss"] for step in steps]
            means = [sum(values[max(0, place - 9) : place + 1]) / len(values[max(0, place - 9) : place + 1]) for place in range(len(values))]
            (line,) = axes.plot([step["seconds"] for step in steps], means, label=f"{name}, mean of ten")
            axes.plot([step["seconds"] for step in steps], values, color=line.get_color(), alpha=0.25, linewidth=0.8)
    axes.set(xlabel="seconds", ylabel="loss, nats", yscale="log")
    axes.legend()
    save(figure, path)


def statistics(work: Path, path: Path) -> None:
    """Rows by task and source."""
    counts = json.loads((work / "statistics.json").read_text())["by_source"]
    names = sorted(counts, key=counts.get)
    figure, axes = pyplot.subplots(figsize=(7, 0.28 * len(names) + 1))
    bars = axes.barh(names, [counts[name] for name in names])
    axes.bar_label(bars, padding=3)
    axes.set(xlabel="rows", xscale="log")
    save(figure, path)


def frontier(models: list[dict], path: Path) -> None:
    """Each of {"name", "tokens_per_s", "f1"} as a point; a model is on the frontier if none is better in both."""
    figure, axes = pyplot.subplots(figsize=(6, 3.8))
    for model in models:
        beaten = any(other["f1"] > model["f1"] and other["tokens_per_s"] > model["tokens_per_s"] for other in models)
        axes.plot(model["tokens_per_s"], model["f1"], "o", color="tab:gray" if beaten else "tab:blue")
        axes.annotate(model["name"], (model["tokens_per_s"], model["f1"]), textcoords="offset points", xytext=(6, 4))
    axes.set(xlabel="tokens/s, reading prompts", ylabel="F1, %", ylim=(0, 100))
    axes.margins(x=0.3)
    save(figure, path)


def save(figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
