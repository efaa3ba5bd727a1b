"""Reads the blocks of a guide that a reader would run, and what the guide says they print.

- ```bash and ```python blocks are run, in order; README.md counts from the heading "First steps".
- An ```xml block whose first line is a comment with a path is written to that path.
- A ```text block right after a block is what that block prints; … stands for any text, a line … for any lines.
- A comment `<!-- guide-test: … -->` right before a block changes how it is run:
  `skip, REASON` · `ends with N` · `serves until the end of the guide` · `a person signs in …`
"""
import dataclasses
import re

RUN = {"bash", "python", "xml"}
SHOWN = {"", "text", "swift", "json"}
FENCE = re.compile(r"^```(\w*)\s*$")
DIRECTIVE = re.compile(r"^<!-- guide-test: (.+) -->$")
FILE = re.compile(r"^<!-- (\S+/\S+) -->$")
KNOWN = re.compile(r"skip, .+|ends with \d+|serves until the end of the guide|a person signs in .+")


@dataclasses.dataclass
class Block:
    """One fenced block: its language, its text, the line it begins at, its directive, and what it must print."""

    language: str
    text: str
    line: int
    directive: str = ""
    expected: str | None = None

    @property
    def path(self):
        """The file that an xml block is."""
        found = FILE.match(self.text.partition("\n")[0])
        return found.group(1) if self.language == "xml" and found else None

    @property
    def exit_code(self):
        found = re.fullmatch(r"ends with (\d+)", self.directive)
        return int(found.group(1)) if found else 0


def fences(text):
    """Every fenced block as (language, text, first line, the lines since the fence before)."""
    language, begin, kept, between = None, 0, [], []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if language is None and fence:
            language, begin, kept = fence.group(1), number, []
        elif language is not None and line == "```":
            yield language, "\n".join(kept), begin, between
            language, between = None, []
        elif language is None:
            between.append(line)
        else:
            kept.append(line)
    if language is not None:
        raise ValueError(f"the block of line {begin} has no end")


def blocks(text):
    """The blocks to run, with their directives and what they must print."""
    found = []
    for language, body, line, between in fences(text):
        said = [match for match in map(DIRECTIVE.match, between) if match]
        near = [said_line for said_line in between if said_line.strip()]
        if language == "text" and found and not near:
            found[-1].expected = body
            continue
        block = Block(language, body, line)
        if said:
            block.directive = said[-1].group(1)
            if len(said) > 1 or not DIRECTIVE.match(near[-1]) or not KNOWN.fullmatch(block.directive):
                raise ValueError(f"line {line}: the guide-test comment before this block is not understood")
        if language not in RUN | SHOWN:
            raise ValueError(f"line {line}: blocks in {language} are not known; shell is bash, what is printed is text")
        if language in RUN and (language != "xml" or block.path):
            found.append(block)
        elif said:
            raise ValueError(f"line {line}: a guide-test comment stands before a block that is not run")
    return found


def pattern(expected):
    """What a guide shows, as an expression: … is any text of a line, a line … is any lines."""
    parts = []
    for line in expected.splitlines():
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append("[^\n]*".join(map(re.escape, line.split("…"))) + r"\n")
    return re.compile("".join(parts))


def prints(expected, output):
    """Whether an output is what the guide shows."""
    lines = "".join(line.rstrip() + "\n" for line in output.strip("\n").splitlines())
    return pattern(expected).fullmatch(lines) is not None
