"""What the Tab key completes, asked as shells ask it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from sheetrender.cli.completion import SHELLS
from sheetrender.cli.help_text import SECTIONS
from sheetrender.cli.main import main
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.workflow.init import template_names


def completed(*words: str, typed: str = "") -> set[str]:
    completer = ShellComplete(main, {}, "sheetrender", "_SHEETRENDER_COMPLETE")
    return {item.value for item in completer.get_completions(list(words), typed)}


def test_commands_are_completed() -> None:
    assert completed(typed="mo") == {"moodboard"}


def test_names_of_templates_engines_and_forms_are_completed() -> None:
    assert completed("init", "my.xlsx", "--template") == set(template_names())
    assert completed("run", "my.xlsx", "--engine") == {"animatic", "diffusion"}
    assert completed("moodboard", "my.xlsx", "--engine", typed="a") == {"animatic"}
    assert {"deforum", "premiere"} <= completed("export", "my.xlsx", "--to")


def test_settings_and_their_words_are_completed() -> None:
    found = completed("run", "my.xlsx", "--set")
    assert {f"{setting.name}=" for setting in SETTINGS} <= found
    assert "zoom=" in found
    assert completed("run", "my.xlsx", "--set", typed="codec=p") == {"codec=prores", "codec=png"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell_calls_the_program(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert "_SHEETRENDER_COMPLETE" in result.stdout


def test_without_a_shell_it_says_what_to_write_where() -> None:
    result = CliRunner().invoke(main, ["completion"], env={"SHELL": "/bin/zsh"})
    assert "~/.zshrc" in result.stdout
    assert "bashrc" not in result.stdout
    result = CliRunner().invoke(main, ["completion"], env={"SHELL": "/bin/other"})
    assert all(line in result.stdout for _, line in SHELLS.values())


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return the PATH of a shell that finds the program."""
    program = tmp_path / "sheetrender"
    root = Path(__file__).parents[2]
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m sheetrender "$@"\n')
    program.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_once_it_has_read_the_line(path: str) -> None:
    script = (
        'eval "$(sheetrender completion bash)"\n'
        "COMP_WORDS=(sheetrender run my.xlsx --engine d)\nCOMP_CWORD=4\n"
        "_sheetrender_completion sheetrender\necho ${COMPREPLY[@]}"
    )
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        check=True,
    )
    assert done.stdout.strip() == "diffusion", done.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_completes_once_it_has_read_the_line(tmp_path: Path, path: str) -> None:
    script = SHELLS["fish"][1] + '; complete -C "sheetrender run my.xlsx --engine d"'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
        check=True,
    )
    assert done.stdout.split() == ["diffusion"], done.stderr


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh")
def test_zsh_completes_what_is_typed_once_it_has_read_the_line(tmp_path: Path, path: str) -> None:
    # What is called for once its completions are known belongs to zsh itself, as in ~/.zshrc.
    (tmp_path / ".zshrc").write_text(
        f"autoload -Uz compinit\ncompinit -u -D\n{SHELLS['zsh'][1]}\nPS1='ready> '\n"
    )
    ours, theirs = os.openpty()
    environment = {
        **os.environ, "PATH": path, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "TERM": "dumb"
    }  # fmt: skip
    with subprocess.Popen(
        ["zsh", "-d", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        cwd=tmp_path, start_new_session=True,
    ) as shell:  # fmt: skip
        os.close(theirs)
        try:
            _until(ours, "ready> ")
            os.write(ours, b"sheetrender run my.xlsx --engine d\t")
            assert "--engine diffusion" in _until(ours, "diffusion")
        finally:
            shell.kill()
            os.close(ours)


def _until(terminal: int, word: str, seconds: float = 30) -> str:
    """Return what a terminal shows until a word is there, or for so long."""
    shown = ""
    while word not in shown and select.select([terminal], [], [], seconds)[0]:
        shown += os.read(terminal, 4096).decode(errors="replace")
    return shown


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_listed_in_one_line_of_its_section(name: str) -> None:
    (text,) = [commands[name] for commands in SECTIONS.values() if name in commands]
    listed = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.splitlines()
    assert any(line.split() == [name, *text.split()] for line in listed)
