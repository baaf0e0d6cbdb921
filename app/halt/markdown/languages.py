"""The languages of code blocks: what a reply may call them, what a person reads, and who colours them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language as its ``name`` is written; ``mode`` is its tokenizer: a file's name, a dot, and what it exports."""

    name: str
    mode: str


# What the page shows, which tokenizer of @codemirror/legacy-modes reads it, and what fences call it.
_ROWS = (
    ("Bash", "shell.shell", "bash"),
    ("C", "clike.c", "c h"),
    ("C#", "clike.csharp", "c# cs csharp"),
    ("C++", "clike.cpp", "c++ cc cpp cxx hpp"),
    ("Clojure", "clojure.clojure", "clj clojure"),
    ("CMake", "cmake.cmake", "cmake"),
    ("CSS", "css.css", "css"),
    ("Dart", "clike.dart", "dart"),
    ("Diff", "diff.diff", "diff patch"),
    ("Dockerfile", "dockerfile.dockerFile", "containerfile docker dockerfile"),
    ("Elm", "elm.elm", "elm"),
    ("Erlang", "erlang.erlang", "erl erlang"),
    ("F#", "mllike.fSharp", "f# fs fsharp"),
    ("Go", "go.go", "go golang"),
    ("Groovy", "groovy.groovy", "gradle groovy"),
    ("Haskell", "haskell.haskell", "haskell hs"),
    ("HTML", "xml.html", "htm html"),
    ("INI", "properties.properties", "cfg conf dotenv env ini properties"),
    ("Java", "clike.java", "java"),
    ("JavaScript", "javascript.javascript", "cjs javascript js jsx mjs node"),
    ("JSON", "javascript.json", "json json5 jsonc jsonl"),
    ("Julia", "julia.julia", "jl julia"),
    ("Kotlin", "clike.kotlin", "kotlin kt kts"),
    ("Less", "css.less", "less"),
    ("Lua", "lua.lua", "lua"),
    ("MySQL", "sql.mySQL", "mysql"),
    ("nginx", "nginx.nginx", "nginx"),
    ("Objective-C", "clike.objectiveC", "objc objective-c objectivec"),
    ("OCaml", "mllike.oCaml", "ml ocaml"),
    ("Perl", "perl.perl", "perl pl"),
    ("PowerShell", "powershell.powerShell", "powershell ps1 pwsh"),
    ("Protocol Buffers", "protobuf.protobuf", "proto protobuf"),
    ("Python", "python.python", "py py3 pycon python python3"),
    ("R", "r.r", "r"),
    ("Ruby", "ruby.ruby", "rb ruby"),
    ("Rust", "rust.rust", "rs rust"),
    ("Scala", "clike.scala", "sc scala"),
    ("Scheme", "scheme.scheme", "racket scheme"),
    ("SCSS", "css.sCSS", "scss"),
    ("Shell", "shell.shell", "console fish sh shell shellsession zsh"),
    ("SQL", "sql.standardSQL", "mssql plsql postgres postgresql sql sqlite tsql"),
    ("Svelte", "xml.html", "svelte"),
    ("SVG", "xml.xml", "svg"),
    ("Swift", "swift.swift", "swift"),
    ("TOML", "toml.toml", "toml"),
    ("TypeScript", "javascript.typescript", "ts tsx typescript"),
    ("Vue", "xml.html", "vue"),
    ("XML", "xml.xml", "xml xsl xslt"),
    ("YAML", "yaml.yaml", "yaml yml"),
)

_LANGUAGES = {alias: Language(name, mode) for name, mode, aliases in _ROWS for alias in aliases.split()}

MODES = frozenset(mode for _, mode, _ in _ROWS)
"""Every tokenizer that a code block can ask for."""


def find_language(alias: str) -> Language | None:
    """Find the language that a fence calls ``alias``, in whatever case; ``None`` where nothing here can colour it."""
    return _LANGUAGES.get(alias.lower())
