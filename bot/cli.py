"""The `wenju` command: it reads arguments, calls what does the work, and prints. It decides nothing."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.redaction import Redaction
from bot.settings import load
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.curated import CuratedIndex
    from retrieval.evaluation import Evaluation, Options
    from retrieval.index import Index, Report
    from retrieval.judged_sets import JudgedQuestion
    from retrieval.model import Answer, Series
    from retrieval.progress import Progress


INTERRUPTED = 130  # the exit status of what Ctrl-C has ended


class _Commands(click.Group):
    """Shows what went wrong as one line, with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except WenjuError as error:
            raise _shown(str(error)) from error
        except BrokenPipeError:  # whoever reads has read enough; click ends without a word
            raise
        except KeyboardInterrupt:
            click.echo("\n已中断", err=True)
            sys.exit(INTERRUPTED)
        except OSError as error:
            raise _shown(f"{error.filename or ''}: {error.strerror or error}") from error


def _shown(line: str) -> click.ClickException:
    """Hide a token, too, that was given in another setting's place."""
    return click.ClickException(Redaction(None).clean(line))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wenju")
def main() -> None:
    """问据 · Ask your documents, get the paragraphs and figures that answer, with their source."""


@main.command()
def run() -> None:
    """Run the bot; without WENJU_TOKEN in the local sandbox, with its chat page."""
    from bot.application import run as run_bot

    run_bot(load())


@main.command()
@click.argument("documents", type=click.Path(path_type=Path), required=False)
@click.option("--full", is_flag=True, help="Read every file again, also the unchanged ones.")
def index(documents: Path | None, *, full: bool) -> None:
    """Build or refresh the index of the folder DOCUMENTS (WENJU_DOCUMENTS)."""
    from bot.indexes import index_of

    settings = load()
    report = _build(index_of(settings), documents or settings.documents, full=full)
    click.echo(
        f"{report.files} 个文件：读取 {report.read}，未变 {report.unchanged}，移除 {report.removed}，"
        f"跳过 {len(report.skipped)}\n{report.documents} 篇文章，{report.paragraphs} 个段落，"
        f"{report.figures} 个数据，用时 {report.seconds:.1f} 秒"
    )
    if report.replaced:
        click.echo(f"注意：原来索引的是 {report.replaced}，其中的文件已不在索引里")
    for error in report.skipped:
        click.echo(f"跳过 {error}")
    for path, remarks in report.remarks.items():
        for remark in remarks:
            click.echo(f"部分 {path}: {remark}")


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10),
    default=3,
    show_default=True,
    help="Paragraphs to print for reading; JSON always has all.",
)
def ask(question: str, *, as_json: bool, limit: int) -> None:
    """Answer QUESTION; `-` reads one question a line from standard input and prints one JSON line each."""
    from bot.indexes import index_of
    from retrieval import answer as answers
    from retrieval.synonyms import read_synonyms

    if not question.strip():
        raise click.UsageError("请写出问题")
    settings = load()
    index, synonyms = index_of(settings), read_synonyms(settings.synonyms)
    curated = _curated(settings.state)
    for text in _lines() if question == "-" else [question.encode(errors="replace").decode()]:
        snapshot = index.current()
        given = answers.answer(snapshot, text, synonyms=synonyms, curated=curated)
        if as_json or question == "-":
            click.echo(json.dumps(answers.as_json(given, snapshot), ensure_ascii=False))
        else:
            click.echo(_readable(given, limit))


@main.command()
@click.argument("folders", metavar="[FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--log", is_flag=True, help="Measure on the query log's votes and the index in use instead.")
@click.option("--compare", is_flag=True, help="Ask plain rank-bm25 with jieba's words the same, too.")
@click.option("--errors", metavar="N", type=click.IntRange(0), default=0, help="Explain the N worst misses.")
@click.option("--engine", type=click.Choice(["embedded", "opensearch"]), help="What searches the sets.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a set.")
@click.option("--answers", type=click.Path(path_type=Path), help="Write one answer a line to this file.")
def evaluate(  # noqa: PLR0913 - one argument an option
    folders: tuple[Path, ...],
    *,
    log: bool,
    compare: bool,
    errors: int,
    engine: str | None,
    as_json: bool,
    answers: Path | None,
) -> None:
    """Measure on the judged set in each FOLDER: passages.jsonl and questions.jsonl."""
    from bot import evaluation_report
    from bot.indexes import engine_of
    from retrieval import evaluation
    from retrieval.synonyms import read_synonyms

    if log == bool(folders):
        raise click.UsageError("须给出 FOLDER（可以多个）或 --log，二者取一")
    if answers and len(folders) != 1:
        raise click.UsageError("--answers 只能用于一个 FOLDER")
    if errors and as_json:
        raise click.UsageError("--errors 不能与 --json 同用")
    settings = load()
    options = evaluation.Options(compare, errors, answers, _watched, read_synonyms(settings.synonyms))
    if log:
        evaluations = _by_votes(options)
    else:
        searched_by = engine_of(settings, engine or settings.engine, "wenju-evaluation")
        evaluations = evaluation.evaluate(folders, settings.dictionary, options, searched_by)
    if as_json:
        lines = evaluation_report.json_lines(evaluations, named=len(folders) > 1)
    else:
        lines = evaluation_report.lines(evaluations)
    for line in lines:
        click.echo(line)


@main.command()
@click.option("--unanswered", is_flag=True, help="Only questions without an answer.")
@click.option("--downvoted", is_flag=True, help="Only answers with a 👎.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day, it included.")
@click.option("--days", type=click.IntRange(1), help="Of the last days.")
@click.option("--word", help="Only questions that hold this word.")
@click.option("--limit", type=click.IntRange(1), default=None, help="At most so many rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv", "xlsx"]),
    default="table",
    show_default=True,
)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to this file.")
def logs(*, form: Any, limit: int | None, output: Path | None, **chosen: Any) -> None:  # noqa: ANN401 - click's options
    """List, filter and export the query log; xlsx needs --output."""
    from bot.log.database import read_entries, reading
    from bot.log.listing import filter_of, lines
    from bot.log.workbook import write_workbook

    if form == "xlsx":
        if output is None:
            raise click.UsageError("xlsx 须用 --output 给出文件")
        with reading(load().query_log) as db:
            write_workbook(read_entries(db, filter_of(**chosen), limit=limit), output)
        return
    with click.open_file(str(output or "-"), "w", encoding="utf-8", atomic=True) as file:
        for line in lines(load().query_log, filter_of(**chosen), form=form, limit=limit):
            click.echo(line, file=file)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to serve on (WENJU_REVIEW_PORT).")
def review(host: str, port: int | None) -> None:
    """Show the query log in a web page; on a host other than this machine's only with a password."""
    from bot.review.server import serve

    settings = load()
    serve(
        settings.query_log,
        host,
        settings.review_port if port is None else port,
        password=settings.review_password,
        ready=lambda address: click.echo(f"查询日志：{address}"),
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def health(*, as_json: bool) -> None:
    """Exit with 0 when the running bot is well, else with 1, and say what is known or the reasons."""
    from bot.health import check

    found = check(load())
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        click.echo("\n".join(found.lines()), err=not found.well)
    sys.exit(0 if found.well else 1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--keep", metavar="N", type=click.IntRange(1), help="Delete the oldest beyond N backups there.")
def backup(folder: Path | None, *, keep: int | None) -> None:
    """Back up the query log and the state into FOLDER (backups/ in WENJU_DATA), beside a running bot too."""
    from bot.backups.making import make, prune

    settings = load()
    folder = folder or settings.backups
    click.echo(f"备份：{make(settings.data, folder)}")
    for deleted in prune(folder, keep) if keep else []:
        click.echo(f"删除旧备份：{deleted}")


@main.command()
@click.argument("backup", type=click.Path(path_type=Path))
def restore(backup: Path) -> None:
    """Put BACKUP, a folder that `wenju backup` made, in use while the bot is stopped."""
    from bot.backups.restoring import restore as put_in_use

    replaced = put_in_use(load().data, backup)
    click.echo(f"已恢复：{backup}")
    if replaced:
        click.echo(f"原来的文件保留在：{replaced}")


def _build(index: Index, documents: Path, *, full: bool) -> Report:
    with ExitStack() as stack:
        bars: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            label = "写入集群" if progress.filling else "读取"
            if label not in bars:
                stack.close()
                # No estimate: unchanged files pass at once, and one may take as long as a thousand others.
                bar = click.progressbar(
                    length=max(progress.total, 1),
                    label=label,
                    file=sys.stderr,
                    hidden=_piped(),
                    show_eta=False,
                    show_pos=True,
                )
                bars[label] = stack.enter_context(bar)
            bars[label].update(progress.done - bars[label].pos)

        try:
            return index.build(documents, show, full=full)
        except KeyboardInterrupt:
            stack.close()
            if not full:
                click.echo("没读完的，再运行时接着读", err=True)
            raise


def _by_votes(options: Options) -> Iterator[Evaluation]:
    from bot.indexes import index_of
    from bot.log.votes import read_votes
    from retrieval.evaluation import evaluate_votes

    settings = load()
    votes = read_votes(settings.query_log)
    index = index_of(settings)
    yield evaluate_votes(index.current(), votes.up, votes.down, options)


def _watched(name: str, questions: Sequence[JudgedQuestion]) -> Iterator[JudgedQuestion]:
    with click.progressbar(questions, label=f"提问 {name}", file=sys.stderr, hidden=_piped()) as bar:
        yield from bar


def _piped() -> bool:
    """Whether nobody watches the progress."""
    return not sys.stderr.isatty()


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        if text := line.decode("utf-8", errors="replace").strip():
            yield text


def _curated(state: Path) -> CuratedIndex | None:
    """Return what admins have checked in the chat; None where the bot has not run yet."""
    if not state.exists():
        return None
    from bot.state.curation import Curation
    from bot.state.database import StateDatabase

    with closing(StateDatabase.open(state)) as database:
        return Curation(database).index


def _course(series: Series) -> list[str]:
    """Return a line a period with the numbers of its sources, and these below."""
    from bot.series_lines import lines_of, name_of

    shown = lines_of(series, len(series.points))
    unit = f"（{series.unit}）" if series.unit else ""
    lines = [f"{name_of(series)}{unit}"]
    for line in shown.lines:
        values = (
            " ".join([value.text, *(f"[{number}]" for number in value.sources)]) for value in line.values
        )
        others = f" 等，另有 {line.others} 个值" if line.others else ""
        conflict = "  ⚠ 说法不一" if len(line.values) > 1 else ""
        lines.append(f"{line.period}  {' ／ '.join(values)}{others}{conflict}")
    for number, source in enumerate(shown.sources, 1):
        page = f"第{source.page}页" if source.page else None
        said = " · ".join(filter(None, (source.title, source.section, page, source.date)))
        lines.append(f"[{number}] {said}（{source.document}）")
    return lines


def _readable(given: Answer, limit: int) -> str:
    from bot.pages import shown_ranks
    from retrieval.coverage import missing_year
    from retrieval.figure_fitness import fitting
    from retrieval.figures import qualified

    lines = [] if given.found else ["未找到能回答这个问题的内容。" + ("最接近的段落：" if given.near else "")]
    if given.found and (year := missing_year(given)):
        lines.append(f"以下内容没有提到{year}年")
    if given.found or given.near:
        if given.series:
            lines += [*_course(given.series), ""]
        figures = fitting(given) if given.found and not given.series else []
        texts = {hit.paragraph.id: hit.paragraph.text for hit in given.hits}
        for figure in figures:
            said = qualified(texts[figure.paragraph], figure)
            lines.append("  ".join(filter(None, (said, figure.metric, figure.period))))
        for rank in shown_ranks(given)[:limit]:
            hit = given.hits[rank]
            paragraph = hit.paragraph
            page = f"第{paragraph.page}页" if paragraph.page else None
            source = " · ".join(filter(None, (paragraph.title, paragraph.section, page, paragraph.date)))
            list_goes_on = (after.text for after in hit.continued)
            checked = "　✔ 已由管理员核对" if hit.checked else ""
            read = "　🔍 识别自图片" if paragraph.confidence is not None else ""
            lines += [
                "",
                paragraph.text,
                *list_goes_on,
                f"—— {source}（{paragraph.document}）{read}{checked}",
            ]
    if given.suggestion:
        lines += ["", f"您是不是想问：{given.suggestion}"]
    return "\n".join(lines).lstrip("\n")
