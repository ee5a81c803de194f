"""The recipe's stages: `python -m micro data|tune|student|plots --scale NAME`; see README.md."""

import argparse
import json
import os
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="micro", description=__doc__)
    parser.add_argument("stage", choices=["data", "tune", "student", "plots"])
    parser.add_argument("--scale", default="cpu", help="a table of recipe.toml")
    parser.add_argument("--data", type=Path, help="folder of the raw sets")
    parser.add_argument("--work", type=Path, default=HERE.parent.parent / "target/micro", help="folder for what is made")
    parser.add_argument("--base", type=Path, help="the packaged base, as fetched (GGUF)")
    parser.add_argument("--program", type=Path, default=HERE.parent.parent / "target/release/microgpt")
    parser.add_argument("--traffic", type=Path, help="rows of `microgpt export training`, to tune on too")
    parser.add_argument("--seconds", type=float, help="time for the whole stage, where it must end")
    options = parser.parse_args()
    recipe = tomllib.loads((HERE / "recipe.toml").read_text())
    settings = recipe["all"] | recipe[options.scale]
    options.work.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    # Batches come in many shapes: without this the device's memory is torn to pieces.
    os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
    # Each stage needs other libraries, so each is imported when it runs.
    if options.stage == "data":
        from . import data

        data.build(settings, options.work, options.data, options.program, options.traffic)
    elif options.stage == "plots":
        from . import plots

        plots.run(options.work)
    else:
        from . import stages

        stage = {"tune": stages.tune_stage, "student": stages.student}[options.stage]
        stage(settings, options.work, options.base, options.seconds)
    print(json.dumps({"stage": options.stage, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
