"""The help of every command in Chinese: what it does, and each of its options. The English stands in the commands.

A test asks for every option, so that a new one is not shown in English among Chinese.
"""

from __future__ import annotations

import argparse

ABOUT: dict[str, str] = {
    "plan": """\
    turnout plan lists.xlsx -o plan.xlsx

输入是一个工作簿或一个 CSV 文件夹，含 communities（社区）、units（单位）、staff（人员）、posts（岗位）四张表，
params（参数）可有可无；中文表名和标题都认。`turnout sample` 可写出示例。
退出码：0 完成（有空岗不算错）；2 名单有误，不排方案，每一处错误写在方案旁边的“名单-errors”里；
3 Turnout 自身的问题或写不了文件；130 被中断，已写出目前最好的方案。""",
    "check": """\
    turnout check lists.xlsx plan.xlsx

方案只需一张 placements 表，含 staff_id 和 post_id，`turnout plan` 写的或人工排的都行。每违反一条规定打印一行
（规定、对象、详情），然后给出各项代价、方案自带价格能证明的下界和差距。
退出码：0 没有违反规定；1 有；2 名单或方案读不了；3 Turnout 自身的问题。""",
    "explain": """\
    turnout explain lists.xlsx plan.xlsx --person S000123 --post P000045 --gap P000077

每个选项可以写多次。换一种安排全市要多付的代价，对列出的换法是精确值；方案未证明最优时，可能还有更省的换法。
退出码：0 已回答；2 名单、方案或编号用不了；3 Turnout 自身的问题。""",
    "whatif": """\
    turnout whatif lists.xlsx plan.xlsx --without-unit U0007
    turnout whatif lists.xlsx plan.xlsx --add health:500 --risk 110102003:3 -o plan2.xlsx
    turnout whatif lists.xlsx plan.xlsx --close-street 110102003 --curve

方案从自身的价格修补，不重排：只要几秒，动的人少。选项可以合用，也可以写多次。
退出码：0 已回答；2 名单、方案或编号用不了；3 Turnout 自身的问题。""",
    "roster": """\
    turnout roster lists.xlsx -o roster.xlsx

输入是一个工作簿或一个 CSV 文件夹，含 shifts（班次）、cover（需求）、people（人员）三张表，rules（规定）可有可无；
也可以是公开排班算例的文本格式（.txt）。
退出码：0 完成（有空班不算错）；2 名单有误，每一处错误写在班表旁边的“名单-errors”里；3 Turnout 自身的问题；
130 被中断，已写出目前最好的班表。""",
    "change": """\
    turnout change lists.xlsx roster.xlsx --swap P1@2026-11-24 P2@2026-11-26
    turnout change lists.xlsx roster.xlsx --stand-in P1@2026-11-24
    turnout change lists.xlsx roster.xlsx --drop-out P1@2026-11-24 -o new.xlsx

前一个文件是 `turnout roster` 读的名单，后一个是它写的班表。--swap 答可以，或说明哪条规定不允许；--stand-in 列出
谁能替班，不能替的说明原因；--drop-out 让此人从那天起不再排班，写出改动最少的班表：那天之前不动，之后少动别人。
退出码：0 完成；1 规定不允许换班，或没有人能替；2 用不了；3 Turnout 自身的问题。""",
    "sample": """\
    turnout sample --area 110102 -o lists.xlsx
    turnout plan lists.xlsx -o plan.xlsx
    turnout check lists.xlsx plan.xlsx

社区的代码和名称是真实的；人口、户数和位置由普查数按写明的规则拆分；单位和人员都是虚构的。
区域、人数、种子相同，在哪台机器上写出的名单都一样。""",
    "up": """\
数据库、升级、网页和后台任务都在一个前台进程里，按 Ctrl-C 停止。哪一部分自己结束了就再启动；反复结束则整个停下，
好让看管它的程序（systemd、容器）知道。不写 --host 时只在本机上可以访问。""",
    "demo": """\
turnout demo                  北京市西城区：15 个街道，263 个社区
turnout demo --city beijing   北京全市 7,535 个社区

区域、代码、名称是真实的，人员都按固定种子虚构。第一次启动要装入数据，一两分钟；以后几秒。
每个区域各用一个数据库，与正式的数据库分开，互不影响。""",
    "drill": """\
turnout drill --list               列出战例
turnout drill fuzhou-2022          按实际规模：一夜 4 万人
turnout drill fuzhou-2022 --scale 0.05

人员都是虚构的。每个战例各用一个数据库，每次重新建；设了 TURNOUT_NAME 或 DATABASE_URL 则在那里演练，里面有人员
就拒绝。消息只写进文件。有指标没达到，退出码为 1。事后查看：TURNOUT_NAME=drill-战例名 turnout up""",
    "db": """\
`turnout up` 和其他命令会自己启动内置数据库，最后一个结束时停下；start 让它一直运行到 stop。
设了 DATABASE_URL，数据库服务器就由你自己管，这里只有 backup、status、sql 可用。""",
    "migrate": """\
以数据表所有者的身份升级；还没有数据库就先建一个。
设了 DATABASE_URL 时，DATABASE_OWNER_URL 要用 turnout_owner 角色指向同一个数据库。""",
    "admin": """\
turnout admin create 登录名 --area 110102   建第一个账号，打印开通链接，30 分钟内有效
turnout admin link 登录名                   给忘记密码的人打印一次性链接""",
    "areas": """\
turnout areas load 代码          从公开区划装入一个市、区县或街道（2、4、6、9 或 12 位）
turnout areas check 文件         说明区域、小区、楼栋、点位名单会带来什么变化，什么也不改
turnout areas import 文件        导入名单，要么全部，要么都不导入
turnout areas export 代码 -o 文件   把一个区域及其下级写成这样的名单
turnout areas template -o 文件   写一份只有标题的空名单""",
    "keys": """\
turnout keys check    用密钥文件打开每把数据密钥，看是否对得上
turnout keys rotate   给密钥文件加一把新的，并用它重新封装每把数据密钥""",
    "audit": """\
turnout audit verify   重新核算每次封存，指出第一处不符（退出码 1）
turnout audit seal     立即封存，不等十秒""",
    "doctor": """\
只看不动：不启动什么，也不改什么。有问题时退出码为 1。数据库停着也能用。""",
}
"""Command -> what stands above its options."""

_LISTS = "名单：工作簿或 CSV 文件夹"
_TRAVEL = "排方案时用的路程表"
_WORDS = "文字用的语言（默认 zh）"
_STANDING = {
    "input": _LISTS,
    "plan": "由这份名单排出的方案",
    "travel": _TRAVEL,
    "json": "同样内容另存为 JSON",
    "workers": "线程数（默认 2）",
    "lang": _WORDS,
}
_SERVER = {"host": "监听的地址（0.0.0.0 为所有地址；默认只限本机）", "port": "端口（默认 8000）"}

OPTIONS: dict[str, dict[str, str]] = {
    "plan": {
        "input": "lists.xlsx，或 CSV 文件夹",
        "output": "plan.xlsx，或文件夹",
        "seed": "换一个种子，方案可能不同（默认 0）",
        "time_limit": "到时写出目前最好的方案",
        "workers": "线程数（默认 2）；方案不因此改变",
        "no_teams": "逐人安排，不计成队",
        "proof_gap": "差距到此即可（默认 0.001）；0 为求最优",
        "travel": "路程表：from_community、community_code、minutes",
        "present": "已有方案：其中的岗位视为现岗",
        "keep_street": "该街道在已有方案里的人不动（可写多次）",
        "ray": "交给这个 Ray 集群算（需要 turnout[ray]）",
        "json": "同样的表另存为 JSON",
        "lang": "方案里文字的语言（默认 zh）",
    },
    "check": _STANDING | {"plan": "方案：工作簿或 CSV 文件夹", "no_teams": "不计成队（否则按方案所写）"},
    "explain": _STANDING | {"person": "要解释的人员", "post": "要解释的岗位", "gap": "要解释的空岗"},
    "whatif": _STANDING
    | {
        "without_unit": "这个单位都不能来",
        "without_person": "这个人不能来",
        "add": "多来这么多人",
        "close_street": "这个街道的岗位不再要人",
        "risk": "一个社区或整个街道的风险",
        "curve": "另给出：在五种移动价格下，动多少人、代价多少",
        "output": "变化后的安排",
    },
    "roster": {
        "input": "lists.xlsx、CSV 文件夹，或 instance.txt",
        "output": "roster.xlsx，或文件夹",
        "seed": "换一个种子，班表可能不同（默认 0）",
        "time_limit": "到时写出目前最好的班表",
        "workers": "进程数（默认 2）；班表不因此改变",
        "json": "同样的表另存为 JSON",
        "lang": _WORDS,
    },
    "change": {
        "input": "`turnout roster` 读的名单",
        "roster": "它写的班表",
        "swap": "两个班，互换给对方",
        "stand_in": "谁能替这一班",
        "drop_out": "此人从那天起不在",
        "output": "--drop-out 之后的班表",
        "lang": _WORDS,
    },
    "sample": {
        "area": "区划代码（2 到 12 位）或名称：110102、西城区",
        "output": "lists.xlsx，或 CSV 文件夹",
        "staff": "人数（默认比岗位所需略多）",
        "seed": "换一个种子，换一批人（默认 0）",
        "lang": "名单里文字的语言（默认 zh）",
    },
    "up": _SERVER,
    "demo": _SERVER | {"city": "xicheng（默认）、beijing，或任何区划代码", "load_only": "装入数据后结束，不启动服务"},
    "drill": {
        "name": "--list 列出的战例",
        "list": "列出战例后结束",
        "scale": "地方和人员的比例，0.001 到 1",
        "seed": "换一批人、换一批答复（默认 0）",
        "lang": "时间线和表格的语言",
        "json": "时间线和指标另存到这个文件",
        "among_real_people": "这个数据库里有人员也照样演练",
    },
    "db": {
        "action": "要做的事",
        "start": "启动内置数据库，一直运行",
        "stop": "停止",
        "status": "是否在运行、在哪里、有多大",
        "backup": "全部写进一个新文件",
        "restore": "用这样的文件恢复",
        "drop": "删除恢复时留下的旧库（status 会列出）",
        "sql": "打印语句，用来准备你自己的服务器（DATABASE_URL）",
        "force": "有进程在用也停",
        "file": "备份文件",
        "replace": "数据库不是空的也替换",
        "other_key": "密钥文件不是备份时那一个也恢复",
        "name": "status 列出的名字",
    },
    "migrate": {"verbose": "逐个列出升级项"},
    "admin": {
        "act": "create 新建账号，link 发链接",
        "username": "登录名",
        "name": "页面上显示的姓名（默认同登录名）",
        "area": "管理哪个市或区县（代码）",
        "days": "角色有效天数（默认 365）",
        "address": "大家访问这台服务器的地址",
    },
    "areas": {
        "act": "要做的事，见上",
        "what": "代码，或文件（.xlsx、.csv、CSV 文件夹）",
        "output": "要写的文件：工作簿，或 CSV 文件夹",
        "seed": "区县以下虚构部分的种子（默认 0）",
        "lang": "说明坏行用的语言",
    },
    "keys": {"act": "check 核对，rotate 轮换"},
    "audit": {"act": "verify 核验，seal 封存"},
    "doctor": {},
}
"""Command -> option, argument or action -> its line."""

ARGPARSE = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "show program's version number and exit": "显示版本",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "expected one argument": "后面要写一个值",
    "invalid %(type)s value: %(value)r": "“%(value)s”不是合适的值",
    "invalid choice: %(value)r (choose from %(choices)s)": "“%(value)s”不在可选之列（%(choices)s）",
    "one of the arguments %s is required": "要写其中一个：%s",
    "not allowed with argument %s": "不能与 %s 同时用",
}
"""argparse's own words."""


def speak(chinese: bool) -> None:
    """Have argparse say its own words in Chinese or English. It looks them up under this name when it needs them."""
    words = ARGPARSE if chinese else {}
    argparse._ = lambda text: words.get(text, text)  # type: ignore[attr-defined]


def explain(command: str, parser: argparse.ArgumentParser) -> None:
    """Put the Chinese line at every option, argument and action of a command."""
    lines = OPTIONS[command]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = lines[choice.dest]
            for below in action.choices.values():
                explain(command, below)
        elif not isinstance(action, argparse._HelpAction):
            action.help = lines.get(action.dest, action.help)
