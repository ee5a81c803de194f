"""Pictures of a run: its losses, its data, and where models stand between speed and quality."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
# Text stays text and names don't change from run to run, so that the files are small and compare.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "micro", "font.family": "sans-serif"}
from matplotlib import pyplot  # noqa: E402


def run(work: Path) -> None:
    """`loss.svg`, `data.svg` and, where models were judged, `frontier.svg` of what lies in the work folder."""
    losses(work, work / "loss.svg")
    statistics(work, work / "data.svg")
    # What `microgpt eval answers --json` printed, a file a model.
    judged = [model for path in sorted(work.glob("judged/*.json")) for model in json.loads(path.read_text())["models"]]
    if judged:
        frontier(judged, work / "frontier.svg")


def losses(work: Path, path: Path) -> None:
    """Losses of a target token by progress, each with its running mean; the student's is a sum of four parts."""
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
    """Speed against F1, reading and writing; a model is on the frontier, blue, if none is better in both."""
    figure, panels = pyplot.subplots(1, 2, figsize=(8, 3.8), sharey=True)
    for axes, work, verb in zip(panels, ("prefill", "decode"), ("reading", "writing")):
        points = [(model["speed"][f"{work}_tokens_per_s"], 100 * model["figures"]["grounded"]["f1"], model["model"]) for model in models]
        for speed, f1, name in points:
            beaten = any(other > speed and better > f1 for other, better, _ in points)
            axes.plot(speed, f1, "o", color="tab:gray" if beaten else "tab:blue")
            axes.annotate(name, (speed, f1), textcoords="offset points", xytext=(0, 7), ha="center", fontsize=8)
        axes.set(xlabel=f"tokens/s, {verb}", ylim=(0, 100))
        axes.margins(x=0.35)
    panels[0].set_ylabel("F1, %")
    save(figure, path)


def save(figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
