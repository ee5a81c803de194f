// What the stand-in for a large model answers, by a word in the question.
const MARKDOWN = `## Two ways to add up a column

Here is a **short plan**, with *one* caveat and some \`inline code\`.

1. Read the rows
   - keep the header
   - skip blank lines
     - really blank ones
2. Leave out what was cancelled
3. Add up the rest

\`\`\`python
def total(rows: list[dict]) -> float:
    """Sum what was paid, in dollars."""
    return sum(row["paid"] for row in rows if row["state"] != "cancelled")
\`\`\`

| Method | Time | Notes |
|:--|--:|:--|
| Scan | 12 ms | reads *everything* |
| Index | 0.4 ms | needs \`CREATE INDEX\` |

> Measure before you choose: an index costs writes.

See [the manual](https://example.com/manual) or write to [support](mailto:help@example.com).`;

const PLAIN = "The first line of a longer thought.\n\nIts second paragraph takes the reader a little further.\n\n"
  + "And here, at last, the end of it.";

const HOSTILE = `Look: <script>window.ran = 1; alert(1)</script> <img src=x onerror="window.ran = 2">

[a](javascript:window.ran=3) [b](JaVaScRiPt:window.ran=4) [c](data:text/html,<script>window.ran=5</script>)
[d](vbscript:x) [e](file:///etc/passwd) [f]( javascript:alert(6) ) <javascript:window.ran=7>

![pixel](https://tracker.example/pixel.png) ![x](javascript:window.ran=8) <svg onload="window.ran = 9"></svg>

<iframe src="https://tracker.example/"></iframe><style>body { display: none }</style><base href="https://tracker.example/">

\`\`\`html"><img src=x onerror=window.ran=10>
</code></pre><script>window.ran = 11</script>
\`\`\`

| <b onmouseover="window.ran=12">x</b> | y |
|--|--|
| [z](javascript:window.ran=13) | <a href="javascript:window.ran=14">w</a> |

invoice\u202Egnp.exe \u2066hidden\u2069 bell\u0007 escape\u001b[31m

[1] [good](https://example.com/good)`;

const DEEP = [
  `${">".repeat(3000)} deep`, "* ".repeat(2000), "**".repeat(5000), "_a".repeat(8000), "[".repeat(8000), "[x](".repeat(3000),
  "`".repeat(3001), "` ``".repeat(2000), `${"- ".repeat(600)}x`, `|${"a|".repeat(3000)}\n|${"-|".repeat(3000)}`,
  "***a**".repeat(2000), "~~".repeat(4000), "<".repeat(8000), "![".repeat(4000), `${" ".repeat(9000)}#`,
  Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- deeper`).join("\n"), `${"#".repeat(6)} ${"# ".repeat(4000)}`,
].join("\n\n");

export function answerTo(question) {
  if (question.includes("hostile")) return HOSTILE;
  if (question.includes("deep")) return `${DEEP}\n\nThe end of it.`;
  if (question.includes("table")) return MARKDOWN;
  return PLAIN;
}
