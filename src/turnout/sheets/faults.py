"""What is wrong with a cell, and what would be right: a code with parameters, and sentences in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Sentence(NamedTuple):
    """What is wrong and what would be right, in Chinese and in English; `{names}` are filled from a fault's params."""

    wrong_zh: str
    right_zh: str
    wrong_en: str
    right_en: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `row` is the row as the office sees it (first row 1; 0 = the whole sheet), `column` our name
    of the column ('' = the whole row), `heading` and `letter` what stands over it in the file and where, `code` a key
    of a table of sentences."""

    sheet: str
    row: int
    column: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    letter: str = ""
    heading: str = ""

    @property
    def place(self) -> str:
        """The column as the office knows it: by its own heading if it has one, else by our name."""
        return self.heading or self.column


class Refused(Exception):
    """The input cannot be used; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)


class BadCell(Exception):
    """A cell that its kind cannot read: a code of SENTENCES and its params."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}


SENTENCES: dict[str, Sentence] = {
    # the file
    "file_missing": Sentence(
        "找不到文件 {path}", "请核对路径和文件名", "{path} does not exist", "check the path and the name"
    ),
    "file_unreadable": Sentence(
        "打不开 {path}：{why}",
        "请用 Excel 或 WPS 另存为 .xlsx 后重试",
        "{path} cannot be opened: {why}",
        "save it again as .xlsx in Excel or WPS",
    ),
    "file_locked": Sentence(
        "{path} 设有打开密码", "请取消密码后另存", "{path} is protected by a password", "save a copy without a password"
    ),
    "file_is_html": Sentence(
        "{path} 其实是网页文件，不是表格",
        "请用 Excel 或 WPS 打开后另存为 .xlsx",
        "{path} is a web page with the name of a workbook",
        "open it in Excel or WPS and save it as .xlsx",
    ),
    "file_kind": Sentence(
        "不认识 {path} 这种文件",
        "请给一个 .xlsx 文件，或一个放着 CSV 文件的文件夹",
        "{path} is not a kind of file that can be read",
        "give an .xlsx file or a folder of CSV files",
    ),
    "file_too_large": Sentence(
        "{path} 展开后超过 {limit} MB",
        "请拆成几个文件，或改用 CSV 文件夹",
        "{path} unpacks to more than {limit} MB",
        "split it, or give a folder of CSV files",
    ),
    "csv_encoding": Sentence(
        "{path} 的文字编码认不出（第 {line} 行起）",
        "请另存为“CSV UTF-8（逗号分隔）”",
        "the characters of {path} cannot be read from line {line} on",
        "save it as “CSV UTF-8 (comma delimited)”",
    ),
    "csv_quote": Sentence(
        "{path} 第 {line} 行起有一个引号没有配对",
        "请补上引号，或从 Excel 重新另存为 CSV",
        "a quotation mark is never closed from line {line} of {path} on",
        "close it, or save the CSV from Excel again",
    ),
    # sheets and headings
    "sheet_missing": Sentence(
        "没有工作表“{sheet}”（文件里有：{found}）",
        "请把工作表命名为“{sheet}”{near}",
        "there is no sheet “{sheet}” (the file has: {found})",
        "name the sheet “{sheet}”{near}",
    ),
    "sheet_twice": Sentence(
        "“{first}”和“{second}”都是“{sheet}”",
        "只留一个",
        "“{first}” and “{second}” are both “{sheet}”",
        "keep one of them",
    ),
    "sheet_empty": Sentence("工作表没有内容", "请填写表头和数据", "the sheet is empty", "fill in headings and rows"),
    "no_heading": Sentence(
        "前 {rows} 行里找不到表头",
        "请有一行写明列名，例如：{titles}",
        "no row of headings among the first {rows} rows",
        "one row must hold the column names, for example: {example}",
    ),
    "column_missing": Sentence(
        "缺少“{title}”列",
        "请加上这一列（列名可写：{names}）{near}",
        "the column “{column}” is missing",
        "add it (it may be called: {names}){near}",
    ),
    "column_twice": Sentence(
        "“{title}”有两列：{first} 列和 {second} 列",
        "只留一列",
        "“{column}” stands in two columns, {first} and {second}",
        "keep one of them",
    ),
    # cells
    "blank": Sentence("必填项空着", "请填写", "a required cell is empty", "fill it in"),
    "formula_error": Sentence(
        "公式结果是错误值 {value}",
        "请改正公式，或直接填值",
        "the formula gives the error {value}",
        "mend the formula or type the value",
    ),
    "formula_unsaved": Sentence(
        "公式没有保存结果",
        "请在 Excel 或 WPS 里打开并保存一次，或直接填值",
        "the formula has no saved result",
        "open and save the file once in Excel or WPS, or type the value",
    ),
    "too_long": Sentence("文字超过 {limit} 个字", "请缩短", "the text is longer than {limit} characters", "shorten it"),
    "code_lost_digits": Sentence(
        "号码变成了科学计数 {value}，后几位已丢失",
        "请把整列设为“文本”，填写完整号码，例如 {example}",
        "the code became {value} and lost its last digits",
        "format the column as text and type it in full, e.g. {example}",
    ),
    "code_not_whole": Sentence(
        "号码成了小数 {value}",
        "请把整列设为“文本”后重填",
        "the code became the decimal {value}",
        "format the column as text and type it again",
    ),
    "code_is_date": Sentence(
        "号码被 Excel 变成了日期 {value}",
        "请把整列设为“文本”后重填",
        "the code was turned into the date {value}",
        "format the column as text and type it again",
    ),
    "code_digits": Sentence(
        "编号 {value} 有 {have} 位",
        "应为 {want} 位数字",
        "the code {value} has {have} digits",
        "it must have {want} digits",
    ),
    "code_characters": Sentence(
        "编号 {value} 含有不可用的字符",
        "不要含空格、分号、逗号、@ 或换行",
        "the code {value} holds characters that cannot be used",
        "no spaces, semicolons, commas, @ or line breaks",
    ),
    "not_number": Sentence(
        "“{value}”不是数字", "请只填数字，例如 {example}", "“{value}” is not a number", "only a number, e.g. {example}"
    ),
    "not_whole": Sentence(
        "{value} 不是整数",
        "请填整数，例如 {example}",
        "{value} is not a whole number",
        "a whole number, e.g. {example}",
    ),
    "too_small": Sentence("{value} 太小", "不能小于 {limit}", "{value} is too small", "not below {limit}"),
    "too_large": Sentence("{value} 太大", "不能大于 {limit}", "{value} is too large", "not above {limit}"),
    "not_date": Sentence("“{value}”不是日期", "例如 2026-11-20", "“{value}” is not a date", "for example 2026-11-20"),
    "not_moment": Sentence(
        "“{value}”不是日期或时间",
        "例如 2026-11-20 07:00 或 2026-11-20T07:00+08:00",
        "“{value}” is not a date or time",
        "for example 2026-11-20 07:00 or 2026-11-20T07:00+08:00",
    ),
    "not_choice": Sentence(
        "“{value}”不在可选项里",
        "可填：{choices_zh}{near_zh}",
        "“{value}” is not one of the choices",
        "one of: {choices}{near}",
    ),
}

NOTES: dict[str, Sentence] = {
    "sheet_unknown": Sentence("工作表“{sheet}”没有用到", "{near}", "the sheet “{sheet}” is not used", "{near}"),
    "column_unknown": Sentence("“{heading}”列没有用到", "{near}", "the column “{heading}” is not used", "{near}"),
    "filled_down": Sentence(
        "{count} 处合并单元格已按所跨的每一行填写",
        "",
        "{count} merged cells were read as the same value in each row they span",
        "",
    ),
    "footer_skipped": Sentence("第 {row} 行“{text}”当作表尾跳过", "", "row {row} “{text}” was skipped as a footer", ""),
}

_ALL = {**SENTENCES, **NOTES}


def say(fault: Fault, lang: str, more: Mapping[str, Sentence] | None = None) -> tuple[str, str]:
    """What is wrong and what would be right, in `lang` ('zh' or 'en'); `more` adds a caller's codes."""
    sentence = (more or {}).get(fault.code) or _ALL[fault.code]
    wrong, right = sentence[:2] if lang == "zh" else sentence[2:]
    return wrong.format_map(fault.params), right.format_map(fault.params)
