"""What offices write about their projects and tasks in the practice year: sentences that fit the stage and the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# By stage, in the order things are done; a project under construction says the one its money has come to.
_WORKS: Mapping[str, tuple[str, ...]] = {
    "洽谈": (
        "与企业洽谈场地和政策需求，意见基本一致。", "企业来区考察，初步选定两处场地。", "就合作条款交换意见，正在修改框架协议。",
        "等待企业总部决策，按周对接。",
    ),
    "签约": ("签订正式协议，着手注册项目公司。", "项目公司注册完成，开展立项备案。", "正在编制可行性研究报告，落实资金方案。"),
    "入库": (
        "立项备案完成，列入在库项目。", "初步设计通过评审，设备清单和预算已核定。", "正在办理施工许可和用电报装。", "招标文件已备案，正在选定实施单位。",
    ),
    "开工": ("施工单位进场，场地改造启动。", "首批设备订货，软件需求完成确认。", "隐蔽工程施工，软件开发同步开展。"),
    "在建": (
        "场地改造完成三成，首批设备到货。", "软件完成首个迭代，开始内部联调。", "场地改造过半，主要设备安装就位。",
        "核心模块开发完成，正在接入试点单位。", "消防、用电手续办结，进入收尾调试。",
    ),
    "竣工": ("工程竣工，正在组织验收和资料移交。", "完成竣工验收，整改清单逐项销号。"),
    "投产（运营）": ("正式投入运营，运行平稳。", "运营团队到位，服务企业逐步增加。", "按月统计使用情况，用户反映良好。"),
}  # fmt: skip
_HINDRANCES: Mapping[str, tuple[str, ...]] = {
    "洽谈": ("企业要求的场地面积暂未落实，需统筹载体。", "企业希望明确奖补政策，需相关部门答复。"),
    "签约": ("项目公司注册地址尚未落实。", "资金方案未定，需协调金融机构对接。"),
    "竣工": ("消防验收排期较后，需协调加快。", "竣工决算资料不全，需施工单位补齐。"),
    "投产（运营）": ("周边停车位不足，需街道协调。", "数据接口开放不全，需协调市级部门。"),
}  # fmt: skip
_BUILDING = ("用电增容手续办理较慢，需供电部门支持。", "数据接口未开放，需协调市级部门。")

_Phases = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
# By theme (the words that give it away in the name of an 行动), then begun, under way, nearly there.
_THEMES: tuple[tuple[tuple[str, ...], _Phases], ...] = (
    (
        ("新技术", "上云", "政务"),
        (
            ("完成需求摸排，任务清单和责任分工已明确。", "与运营商核定年度建设点位。", "召开启动会，明确牵头科室和时间表。"),
            ("首批点位和系统开通，正在组织验收。", "举办上云用数宣讲，逐户解答补贴政策。", "数据目录更新过半，共享申请按月办结。"),
            ("复测一轮，薄弱点位列单整改。", "回访已开通企业，逐户登记应用深度。", "新增事项上线试运行，收集办件意见。"),
        ),
    ),
    (
        ("园", "标杆"),
        (
            ("摸清空置载体，形成可招商面积清单。", "与运营单位签订年度目标书。", "年度招商计划已报备。"),
            ("组织园区推介，意向企业正在洽谈入驻。", "公共服务平台启动建设，物业配套同步改造。", "帮新入驻企业办理证照，协调用电停车。"),
            ("逐户核对入驻企业营收，缺口列单推进。", "在谈项目集中签约，装修进场。", "回访入驻企业，问题交运营方整改。"),
        ),
    ),
    (
        ("场景", "商贸", "文创", "生活"),
        (
            ("征集应用场景需求，形成首批清单。", "完成点位踏勘，确定示范名单。", "与业主单位商定建设方案。"),
            ("示范点位开工，设备安装调试。", "举办线上促销和直播活动，商户参与面扩大。", "清单发布后组织对接，两家企业进入比选。"),
            ("示范场景试运行，按周分析使用数据。", "总结成熟做法，向市级推荐。", "对未完成点位倒排工期。"),
        ),
    ),
    (
        ("企业", "招引"),
        (
            ("摸排后备企业，建立培育库。", "与专班会商，确定目标企业名单。", "明确挂点干部，完成首轮走访。"),
            ("上门宣讲升规入统和专精特新政策。", "外出招商考察，达成初步意向。", "辅导企业规范核算，补齐申报材料。"),
            ("达标企业启动申报，逐户核对材料。", "在谈项目加快签约，落实落地载体。", "对有下滑苗头的企业开展帮扶。"),
        ),
    ),
    (
        (),
        (
            ("梳理重点企业名单，建立一企一策台账。", "开展产业链走访，收集订单和用工需求。", "制定年度方案，任务分解到人。"),
            ("组织供需对接会，促成合作意向。", "引导企业申报市级项目，材料已受理。", "按月跟踪重点企业营收，波动企业上门了解。"),
            ("对照年度目标核算缺口，提出补足措施。", "协调重点项目提速，新增产能陆续释放。", "兑现奖补资金，企业扩产意愿增强。"),
        ),
    ),
)  # fmt: skip
_FINISHED = ("年度目标完成，佐证材料已归档。", "任务完成并通过牵头单位核验。", "完成验收，转入日常管理。")
_LAGGING = (
    "前期手续办理时间较长，进度慢于计划。", "企业配合意愿不高，材料收集较慢。", "资金下达较晚，采购启动推迟。",
    "部分数据需上级部门提供。", "人手不足，现场核查未按时完成。",
)  # fmt: skip
_NEXT = ("按节点推进，下月开展督导。", "下月召开专题调度会。", "组织一次现场督导。", "下月完成材料复核。")
_CATCHING_UP = (
    "倒排工期，明确每周完成量。",
    "提请分管领导调度，协调前期手续。",
    "专人上门催办，月底前补齐。",
)
_AFTERWARDS = ("巩固成效，转入常态管理。", "总结做法，谋划下一步任务。")


def project(stage: str, share: int, seed: int) -> str:
    """The month's progress at a stage. `share`: percent of the money spent; `seed` picks among what fits as well."""
    told = _WORKS[stage]
    if stage == "在建":  # two neighbours are as true of the same share
        return told[min((share * 4 // 100) + seed % 2, len(told) - 1)]
    return told[seed % len(told)]


def hindrance(stage: str, place: int) -> str:
    """What a project at a stage may need help with."""
    return _HINDRANCES.get(stage, _BUILDING)[place % 2]


def task(action: str, status: str, percent: int, seed: int, problem: str = "无") -> dict[str, str]:
    """The three texts of a task of an 行动 (its name). A task that lags says why, whatever `problem` is."""
    if status == "已完成":
        return {
            "progress_text": _pick(_FINISHED, seed), "problem_text": "无", "next_text": _pick(_AFTERWARDS, seed),
        }  # fmt: skip
    phases = next(each for words, each in _THEMES if not words or any(word in action for word in words))
    phase = phases[0 if percent < 25 else 1 if percent < 65 else 2]
    late = status == "滞后"
    return {
        "progress_text": _pick(phase, seed), "problem_text": _pick(_LAGGING, seed) if late else problem,
        "next_text": _pick(_CATCHING_UP if late else _NEXT, seed),
    }  # fmt: skip


def _pick(words: Sequence[str], seed: int) -> str:
    return words[seed % len(words)]
