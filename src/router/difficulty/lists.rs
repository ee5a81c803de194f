//! Closed lists of English words that show what a request asks for.
//!
//! Sorted, so that a word is found by halving. Other languages are judged by digits, marks and
//! length alone. Kept from the formatter, which would give each word a line.

/// Verbs that ask for a text or a thing to be made.
#[rustfmt::skip]
pub(super) const MAKE: &[&str] = &[
    "brainstorm", "build", "code", "compose", "construct", "create", "design", "develop",
    "devise", "draft", "draw", "generate", "imagine", "implement", "improvise", "invent",
    "outline", "paraphrase", "pretend", "produce", "program", "refactor", "rephrase", "rewrite",
    "simulate", "summarise", "summarize", "write",
];

/// Verbs that ask for thinking.
#[rustfmt::skip]
pub(super) const THINK: &[&str] = &[
    "analyse", "analyze", "argue", "assess", "calculate", "classify", "compare", "complete",
    "compute", "contrast", "convert", "criticise", "critique", "debug", "deduce", "define",
    "demonstrate", "derive", "describe", "determine", "differentiate", "discuss", "elaborate",
    "estimate", "evaluate", "examine", "explain", "extract", "factor", "formulate", "identify",
    "infer", "integrate", "interpret", "justify", "optimise", "optimize", "predict", "prove",
    "rank", "reason", "simplify", "solve", "sort", "translate", "verify",
];

/// Long texts that one may be asked to write.
#[rustfmt::skip]
pub(super) const LONG_FORM: &[&str] = &[
    "abstract", "article", "biography", "blog", "bullet", "chapter", "dialogue", "essay", "haiku",
    "limerick", "lyrics", "novel", "paragraph", "paragraphs", "plot", "poem", "poems", "poetry",
    "proposal", "report", "roadmap", "scene", "screenplay", "script", "sentences", "sonnet",
    "speech", "stanza", "story", "strategy", "summary", "syllabus", "table", "template", "thesis",
    "tutorial", "words",
];

/// Words of programming and of the machines that run programs.
#[rustfmt::skip]
pub(super) const CODE: &[&str] = &[
    "algorithm", "algorithms", "android", "angular", "ansible", "api", "apis", "arduino", "array",
    "arrays", "async", "aws", "azure", "backend", "bash", "binary", "boolean", "bug", "byte",
    "bytes", "cli", "cluster", "codebase", "compile", "compiler", "component", "const", "cpp",
    "css", "csv", "database", "dataframe", "dataset", "def", "deploy", "django", "docker",
    "endpoint", "excel", "exception", "flask", "frontend", "function", "functions", "git",
    "github", "golang", "graph", "haskell", "html", "http", "import", "int", "integer", "java",
    "javascript", "jquery", "json", "keras", "kernel", "kotlin", "kubernetes", "lambda", "latex",
    "library", "linux", "loop", "lua", "matlab", "matrix", "method", "module", "mongodb", "mysql",
    "nginx", "node", "numpy", "ocaml", "opengl", "pandas", "parameter", "parameters", "parse",
    "perl", "php", "pointer", "postgres", "postgresql", "powershell", "print", "prolog", "prompt",
    "python", "pytorch", "query", "react", "recursive", "regex", "repository", "return", "ruby",
    "rust", "scala", "schema", "sdk", "server", "shader", "shell", "solidity", "spark", "sql",
    "stack", "string", "strings", "struct", "svg", "swift", "syntax", "tensorflow", "terraform",
    "thread", "typescript", "ubuntu", "unity", "unix", "var", "variable", "variables", "vba",
    "vector", "verilog", "vue", "xml", "yaml",
];

/// Words of arithmetic and mathematics.
#[rustfmt::skip]
pub(super) const MATHEMATICS: &[&str] = &[
    "add", "added", "altogether", "angle", "area", "average", "circle", "coefficient", "combined",
    "cube", "decimal", "denominator", "derivative", "diameter", "difference", "digit", "digits",
    "divide", "divided", "divisible", "double", "doubled", "doubles", "dozen", "equal", "equals",
    "equation", "exponent", "factorial", "formula", "fraction", "half", "hypotenuse", "integers",
    "integral", "logarithm", "mean", "median", "multiple", "multiplied", "multiply", "number",
    "numbers", "parallel", "percent", "percentage", "perimeter", "polygon", "polynomial", "prime",
    "probability", "product", "proportion", "quadruple", "quarter", "quotient", "radius", "ratio",
    "rectangle", "remainder", "remaining", "square", "squared", "subtract", "sum", "theorem",
    "third", "thirds", "thrice", "times", "total", "triangle", "triple", "tripled", "twice",
    "volume", "width",
];

/// Numbers in words.
#[rustfmt::skip]
pub(super) const NUMBER_WORDS: &[&str] = &[
    "billion", "eight", "eighteen", "eighty", "eleven", "fifteen", "fifty", "five", "forty",
    "four", "fourteen", "hundred", "million", "nine", "nineteen", "ninety", "seven", "seventeen",
    "seventy", "six", "sixteen", "sixty", "ten", "thirteen", "thirty", "thousand", "three",
    "twelve", "twenty", "two", "zero",
];

/// What quantities are counted in.
#[rustfmt::skip]
pub(super) const UNITS: &[&str] = &[
    "acres", "centimeters", "cents", "cm", "cups", "day", "days", "degrees", "dollar", "dollars",
    "euros", "feet", "foot", "gallon", "gallons", "gram", "grams", "hour", "hours", "inch",
    "inches", "kg", "kilograms", "kilometers", "km", "liter", "liters", "litres", "meter",
    "meters", "metres", "mile", "miles", "minute", "minutes", "month", "months", "mph", "ounces",
    "pint", "pints", "pound", "pounds", "second", "seconds", "tons", "week", "weeks", "yard",
    "yards", "year", "years",
];

/// Words that tie a reasoning together.
#[rustfmt::skip]
pub(super) const LOGIC: &[&str] = &[
    "all", "always", "argument", "assume", "assuming", "because", "conclude", "conclusion",
    "consider", "correct", "correctly", "deductively", "either", "every", "except", "false",
    "following", "follows", "given", "hence", "hypothetical", "if", "implies", "incorrect",
    "invalid", "lies", "likely", "logical", "logically", "necessarily", "neither", "never", "nor",
    "or", "plausible", "possible", "premise", "premises", "since", "some", "statement",
    "statements", "suppose", "then", "therefore", "thus", "true", "truth", "unless", "valid",
    "whether", "which", "would",
];

/// Places in an order, and comparisons.
#[rustfmt::skip]
pub(super) const ORDER: &[&str] = &[
    "above", "after", "ascending", "before", "behind", "below", "between", "biggest", "cheapest",
    "descending", "earlier", "earliest", "fastest", "fewer", "fewest", "fifth", "finished",
    "first", "fourth", "greater", "greatest", "heavier", "heaviest", "higher", "highest",
    "largest", "last", "later", "latest", "left", "leftmost", "less", "longer", "longest",
    "lower", "lowest", "more", "most", "newer", "newest", "next", "older", "oldest", "order",
    "right", "rightmost", "second", "sequence", "shorter", "shortest", "slower", "smaller",
    "smallest", "taller", "tallest", "than", "younger", "youngest",
];

/// Words that ask for a view or weigh one thing against another.
#[rustfmt::skip]
pub(super) const OPINION: &[&str] = &[
    "advantages", "advice", "arguments", "beautiful", "believe", "benefits", "best", "better",
    "cons", "debate", "disadvantages", "ethical", "favorite", "favourite", "feel", "ideas",
    "impact", "implications", "important", "interesting", "moral", "opinion", "opinions",
    "philosophy", "policy", "pros", "recommend", "recommendation", "should", "suggest",
    "suggestions", "think", "versus", "vs", "worse", "worst",
];

/// Words that bind how an answer must look.
#[rustfmt::skip]
pub(super) const CONSTRAINT: &[&str] = &[
    "accurate", "avoid", "comprehensive", "concise", "detail", "detailed", "details", "ensure",
    "exactly", "example", "examples", "formal", "format", "include", "includes", "including",
    "length", "limit", "maximum", "minimum", "must", "only", "output", "precise", "professional",
    "provide", "requirements", "rigorous", "specific", "step", "steps", "style", "thorough",
    "tone", "using", "without",
];

/// Words that set a role or a scene.
#[rustfmt::skip]
pub(super) const SCENE: &[&str] = &[
    "act", "assistant", "behave", "character", "customer", "engineer", "expert", "friend",
    "imagine", "persona", "professor", "role", "roleplay", "scenario", "scientist", "teacher",
];

/// Who tells or asks about themselves.
#[rustfmt::skip]
pub(super) const FIRST_PERSON: &[&str] = &[
    "i", "i'd", "i'm", "i've", "me", "mine", "my", "our", "us", "we",
];

/// Who is told about.
#[rustfmt::skip]
pub(super) const THIRD_PERSON: &[&str] = &[
    "he", "her", "hers", "him", "his", "she", "their", "theirs", "them", "they",
];

/// Words that open a question.
#[rustfmt::skip]
pub(super) const ASKING: &[&str] = &[
    "are", "can", "could", "did", "do", "does", "how", "is", "what", "what's", "when", "where",
    "who", "why", "will",
];

/// Words before a thing that is asked for, not part of it.
#[rustfmt::skip]
pub(super) const POLITE: &[&str] = &[
    "a", "can", "could", "fully", "hello", "help", "hey", "hi", "i", "i'd", "kindly", "let's",
    "like", "me", "need", "now", "please", "to", "want", "would", "you", "your",
];

/// Is the (lower-case) word in the list?
pub(super) fn has(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}
