"""Headers that other people's tables use for our fields, beyond the labels and aliases of the registers. Data only."""

from __future__ import annotations

# register → field → what such a column may be called. The first register that claims a word has it.
SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "enterprise": {
        "name": (
            "企业名", "企业单位名称", "公司", "公司全称", "单位全称", "单位详细名称", "法人单位名称", "调查单位名称", "商户名称", "市场主体名称",
            "经营主体名称", "纳税人名称", "走访对象", "走访单位", "受访企业", "被走访企业", "用户名称", "企业（单位）名称", "company",
            "company name", "enterprise", "enterprise name", "firm", "firm name", "customer", "customer name", "name",
        ),
        "uscc": (
            "统一社会信用码", "社会统一信用代码", "统一社会信用代码证号", "统一社会信用代码号", "营业执照号", "营业执照号码", "营业执照注册号", "组织机构代码",
            "纳税人识别号", "税号", "证照号码", "统一社会信用代码/组织机构代码", "uscc", "credit code", "social credit code",
            "unified social credit code", "tax id",
        ),
        "phone": (
            "手机号", "手机号码", "电话号码", "联系人电话", "联系人手机", "联系手机", "企业电话", "企业联系电话", "联系人联系电话", "phone", "phone number",
            "tel", "telephone", "mobile", "mobile phone",
        ),
        "contact": ("联系人姓名", "企业联络员", "企业联系人姓名", "contact", "contact person", "contact name"),
        "legal_rep": ("法人姓名", "法定代表人姓名", "法人（负责人）", "企业负责人", "legal representative"),
        "street_code": (
            "所在街道", "街办", "所属街办", "所属街道（镇）", "所属乡镇街道", "所属乡镇（街道）", "乡镇街道", "乡镇（街道）", "镇（街道）", "街道（镇）", "属地街办",
            "街镇", "注册地街道", "属地（街道）", "street",
        ),
        "park_code": ("所在园区", "园区名称", "所属楼宇", "楼宇名称", "所在楼宇"),
        "reg_address": ("注册地", "住所地址", "企业地址", "企业注册地址", "登记地址", "address"),
        "biz_address": ("实际地址", "经营场所", "实际办公地址", "经营地", "生产经营地址", "实际经营地"),
        "established_on": ("注册日期", "企业成立时间", "企业成立日期"),
        "industry_code": ("行业名称", "行业门类", "行业分类", "industry"),
        "employees": ("职工人数", "员工数", "从业人员数", "用工人数", "在职人数", "从业人员期末人数", "employees"),
        "reg_capital": ("注册资本金",),
        "main_business": ("主营产品", "主要产品", "主营业务范围", "主要业务"),
        "revenue_ly": ("去年营业收入", "上年主营业务收入", "去年收入", "上年度营收", "去年全年营业收入", "上年全年营业收入"),
        "revenue_ytd": ("今年营业收入", "本年营业收入", "当年累计营业收入", "今年营收", "今年累计营业收入"),
        "remark": ("备注说明", "remark", "remarks", "note", "notes"),
    },
    "visit": {
        "visit_date": ("拜访日期", "拜访时间", "上门时间", "上门日期", "调研时间", "调研日期", "走访时间（日期）", "visit date", "date"),
        "visit_mode": ("走访途径",),
        "visitors": ("走访人员姓名", "走访干部姓名", "走访人员及职务", "走访人员（姓名、单位）", "调研人员", "走访人姓名", "visitor"),
        "operation_text": ("走访记录", "走访情况记录", "企业经营情况", "企业生产经营情况", "生产经营状况", "企业基本情况", "走访主要内容"),
        "firm_attendees": ("企业参加人员", "企业接待人", "企业接待人员"),
    },
    "issue": {
        "description": (
            "企业诉求", "企业问题", "存在的问题", "问题诉求", "困难诉求", "存在困难", "存在问题及诉求", "反映的问题", "企业反映问题", "困难和问题",
            "企业反映的问题", "主要问题", "困难及诉求", "问题和诉求", "诉求及建议", "问题（诉求）", "存在困难和问题",
        ),
        "registered_on": ("收集日期", "收集时间", "受理日期", "受理时间"),
        "org_code": ("责任部门", "主办单位", "牵头责任单位"),
        "measure": ("措施", "解决办法"),
    },
    "cloud": {
        "cloud_on": ("开通日", "业务开通时间", "业务开通日期", "订购时间", "订购日期", "start date"),
        "expire_on": ("截止日期", "服务截止日期", "合同到期日"),
        "product": ("云产品名称", "业务名称", "套餐名称", "服务名称", "product"),
        "amount": ("年费", "年合同金额", "年费用", "合同年金额"),
        "provider_brand": ("云平台", "云服务提供商"),
    },
    "nurture": {"reach_ym": ("预计入库月份", "拟入库时间", "预计达标时间（月）")},
    "service": {"served_on": ("服务时间", "活动日期", "活动时间")},
}  # fmt: skip
