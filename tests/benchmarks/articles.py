"""Articles of figures, and a question for each figure with the value that answers it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.mixed_folder import county

if TYPE_CHECKING:
    from pathlib import Path

METRICS = {
    "粮食产量": "万吨", "茶园面积": "万亩", "干茶产量": "吨", "水产养殖面积": "亩", "公路里程": "公里",
    "图书馆藏书": "万册", "旅游收入": "亿元", "新增就业": "人", "造林面积": "公顷", "用电量": "万千瓦时",
}  # fmt: skip
YEARS = range(2014, 2024)
A_COUNTY = len(METRICS) * len(YEARS)  # paragraphs, each with a figure that is asked for
_OTHERS = (
    "县里把这项工作列入年度计划，按季检查进度，年底向社会公布结果。",
    "有关部门走访了各乡镇，听取群众意见，把问题逐条登记，限期答复。",
    "各村推选了联络员，遇到困难可以直接反映，做到小事不出村。",
    "沿线设立了服务点，方便群众就近办理，节假日也有人值班。",
    "与往年相比，雨水偏多，农技人员提前下到田头，指导排水和补种。",
)


@dataclass(frozen=True, slots=True)
class Fact:
    question: str
    value: str
    """The figure with its unit, as the article has it."""


def write(folder: Path, counties: int) -> list[Fact]:
    """Write an article for each county into the folder, the same in every run; return its facts."""
    folder.mkdir(parents=True)
    chance = random.Random(1)
    facts = []
    for number in range(counties):
        name = county(number)
        lines = [f"# {name}统计资料"]
        for year in YEARS:
            lines.append(f"## {year}年")
            for metric, unit in METRICS.items():
                value = f"{chance.randint(1_000, 99_999) / 10}{unit}"
                facts.append(Fact(f"{name}{year}年{metric}是多少？", value))
                lines.append(f"{year}年，{name}{metric}为{value}。" + "".join(chance.sample(_OTHERS, 3)))
        (folder / f"{number:03}.md").write_text("\n\n".join(lines), encoding="utf-8")
    return facts
