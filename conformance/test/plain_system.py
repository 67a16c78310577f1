"""
The system of an insured place (参保地经办系统) on the national JSON form, in Python and its standard library alone. It
is written from schemas/national and docs/reference and shares no line with the sandbox or the product, so that a fault
they have in common does not hide. Outpatients, referrals and accumulations; no stays, no signatures.

python3 plain_system.py [--now EPOCH_MS] [--slips a,b]    prints the port it listens on (127.0.0.1).
"""
import argparse
import hashlib
import json
import re
import threading
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument('--now', type=int)
ARGUMENTS.add_argument('--slips', default='', help='the ways in which it is wrong')
OPTIONS = ARGUMENTS.parse_args()
SLIPS = frozenset(OPTIONS.slips.split(','))

ROOT = Path(__file__).resolve().parents[2]
REGION = '330100'
CENT, ZERO = Decimal('0.01'), Decimal('0.00')
# By scheme: share of the pooling fund; its deductible and limit of a year; its number; what accounts hold at first.
POLICY = {
    '310': {'share': '0.65', 'deductible': '100', 'limit': '20000', 'fund': '310100', 'account': '800.00'},
    '390': {'share': '0.50', 'deductible': '0', 'limit': '6000', 'fund': '390100', 'account': '0.00'},
}
SCOPE = ('fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt')
UNUSED = 'cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay hifdm_pay hosp_part_amt acct_mulaid_pay'.split()
SUMS = 'medfee_sumamt act_pay_dedc hifp_pay fund_pay_sumamt psn_part_amt acct_pay psn_cash_pay'.split()
MIRRORED = {*SCOPE, *UNUSED, *SUMS, 'crt_payb_lmt_amt', 'fund_payamt'}


def load(path):
    return json.loads((ROOT / path).read_text('utf-8'))


class Refusal(Exception):
    """What the sender is told in err_msg."""


def refuse(text):
    raise Refusal(text)


def now(hours=8):
    zone = timezone(timedelta(hours=hours))
    return datetime.now(zone) if OPTIONS.now is None else datetime.fromtimestamp(OPTIONS.now / 1000, zone)


def plain_number(text):
    return Decimal(text) if re.fullmatch(r'-?\d+(\.\d+)?', text) else refuse(f'{text} 不是数值')


def members(pairs):
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else refuse('成员重复')


def read(body):
    numbers = dict.fromkeys(('parse_float', 'parse_int', 'parse_constant'), plain_number)
    message = json.loads(body.decode('utf-8'), object_pairs_hook=members, **numbers)
    write(message).encode('utf-8')  # half a surrogate pair is no text
    return message if isinstance(message, dict) else refuse('报文不是对象')


def write(value):
    """JSON in which an amount is a number with all its digits."""
    if isinstance(value, dict):
        return '{' + ','.join(f'{write(name)}:{write(one)}' for name, one in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ','.join(map(write, value)) + ']'
    return f'{value:f}' if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def parse_time(text, form):
    """A time exactly as the form writes it; strptime alone would let 2026-1-1 pass."""
    parsed = datetime.strptime(text, form)
    return parsed if parsed.strftime(form) == text else refuse(f'{text} 不是日期')


def fits(field, value):
    kind = field['type']
    if kind == 'object':
        return isinstance(value, dict)
    if kind == 'number':
        whole, scale = (list(map(int, str(field['length']).split(','))) + [0])[:2]
        scale = 3 if 'any-decimals' in SLIPS else scale
        exact = isinstance(value, Decimal) and -value.as_tuple().exponent <= scale
        return exact and abs(value) < Decimal(10) ** (whole - scale)
    if kind == 'string':
        return isinstance(value, str) and len(value) <= int(field['length'])
    return isinstance(value, str) and parse_time(value, '%Y-%m-%d' if kind == 'date' else '%Y-%m-%d %H:%M:%S')


def check(fields, data):
    """Refuses what lacks a required member or has one in another form."""
    for field in fields:
        value, condition = data.get(field['name']), field.get('condition')
        when = condition.get('requiredWhen') if isinstance(condition, dict) else None
        asked = isinstance(when, dict) and all(data.get(other) == code for other, code in when.items())
        empty = value is None or (isinstance(value, str) and not value.strip())
        if empty and (field['required'] or asked):
            refuse(f'缺少 {field["name"]}')
        if not empty and not fits(field, value):
            refuse(f'{field["name"]} 不符合规范')


def presented(data, people):
    """The one among these people who holds the credential."""
    kind = data['mdtrt_cert_type']
    by = {'01': 'token', '02': 'certno', '03': 'card_no'}.get(kind)
    for one in people:
        if by and one[by] == data['mdtrt_cert_no'] and (kind != '03' or one['card_sn'] == data['card_sn']):
            named = data.get('psn_name', one['psn_name']) == one['psn_name'] or 'any-name' in SLIPS
            return one if named and one['certno'] == data['certno'] else refuse('证件号码或姓名与参保信息不符')
    return refuse('就诊凭证查无此人')


def about(one):
    days = (now().replace(tzinfo=None) - parse_time(one['brdy'], '%Y-%m-%d')).days
    age = (Decimal(days) / Decimal('365.25')).quantize(Decimal('0.1'), ROUND_HALF_UP)
    own = {name: one[name] for name in ('psn_no', 'psn_name', 'certno', 'gend', 'brdy')}
    return {**own, 'psn_cert_type': '01', 'naty': '1', 'age': age}


def filed(one, data):
    """Whether care was filed; emergency rescue counts as filed."""
    extension = json.loads(data.get('exp_content') or '{}')
    return one['filing'] == 'filed' or (isinstance(extension, dict) and extension.get('OTP_ER_REFL_FLAG') == '1')


def closing(message):
    own = {'setl_time': f'{now():%Y-%m-%d %H:%M:%S}', 'medins_setl_id': message['msgid']}
    return {**own, 'clr_optins': REGION, 'clr_way': '1', 'clr_type': '11'}


class System:
    """What is on record, and the transactions."""

    def __init__(self):
        self.works = {
            '1101': self.identify, '2001': self.entitled, '2206': self.trial, '2207': self.settle, '2208': self.cancel,
            '2501': self.refer, '2502': self.withdraw, '2601': self.reverse, '5206': self.accumulated,
            '5304': self.referrals,
        }
        self.requests = {one: load(f'schemas/national/transactions/{one}.json')['request'] for one in self.works}
        self.envelope = load('schemas/national/envelope.json')['request']
        self.people = list(load('conformance/presets/persons.json').values())
        self.accounts = {one['psn_no']: Decimal(POLICY[one['insutype']]['account']) for one in self.people}
        self.settled = {}  # by settlement id
        self.referred = {}  # by declaration number
        self.answers = {}  # by institution and message id: digest of the message, answer
        self.reversed = set()  # institution, message id, transaction
        self.serial = 0

    def number(self):
        self.serial += 1
        return f'{REGION}{now():%Y%m%d%H%M%S}{self.serial:010d}'

    def once(self, body):
        """Does a message. One that comes again under its id is not done again but answered as before."""
        message = read(body)
        check(self.envelope, message)
        key, digest = (message['fixmedins_code'], message['msgid']), hashlib.sha256(body).digest()
        if (*key, message['infno']) in self.reversed:
            refuse('该交易已冲正')
        if key in self.answers and 'charges-twice' not in SLIPS:
            return self.answers[key][1] if self.answers[key][0] == digest else refuse('报文标识重复')
        work = self.works.get(message['infno']) or refuse('没有此交易')
        if (message.get('insuplc_admdvs') or REGION) != REGION:
            refuse('不是本参保地')
        (node,) = self.requests[message['infno']]
        data = message['input'].get(node['node'])
        check(node['fields'], data if isinstance(data, dict) else refuse(f'缺少 {node["node"]}'))
        output = work(data, message)
        self.answers[key] = digest, output
        return output

    def person(self, data, scheme=None):
        for one in self.people:
            if one['psn_no'] == data['psn_no']:
                return one if (scheme or one['insutype']) == one['insutype'] else refuse('险种与参保信息不符')
        return refuse('查无此人')

    def identify(self, data, _message):
        one = presented(data, self.people)
        if 'other-by-card' in SLIPS and data['mdtrt_cert_type'] == '03':
            one = self.people[(self.people.index(one) + 1) % len(self.people)]
        state = {'psn_insu_stas': '1', 'psn_insu_date': '2015-07-01', 'cvlserv_flag': '0', 'emp_name': '示例单位'}
        own = {'insutype': one['insutype'], 'psn_type': one['psn_type'], 'balc': self.accounts[one['psn_no']]}
        return {'baseinfo': about(one), 'insuinfo': [{**own, **state, 'insuplc_admdvs': REGION}], 'idetinfo': []}

    def entitled(self, data, _message):
        one = self.person(data, data['insutype'])
        opened = data['med_type'] != '14' or (data.get('dise_codg') or '-') == one.get('dise_codg')
        row = {'psn_no': one['psn_no'], 'trt_chk_type': '01', 'fund_pay_type': POLICY[one['insutype']]['fund']}
        return {'trtinfo': [{**row, 'trt_enjymnt_flag': '1' if opened else '0', 'begndate': f'{now():%Y}-01-01'}]}

    def in_force(self, one, until):
        """What this person had settled in the year of a month (yyyyMM), up to that month."""
        own = [s for s in self.settled.values() if s['in_force'] and s['psn_no'] == one['psn_no']]
        return [s['setlinfo'] for s in own if f'{until[:4]}01' <= s['month'] <= until]

    def reckon(self, data, one):
        """What fund, account and person pay, in yuan with two decimals."""
        rule, past = POLICY[one['insutype']], self.in_force(one, f'{now():%Y%m}')
        total, scope = data['medfee_sumamt'], {name: Decimal(data.get(name) or 0) for name in SCOPE}
        if not any(name in data for name in SCOPE):
            scope['inscp_scp_amt'] = total
        if min(total, *scope.values()) < 0 or sum(scope.values()) != total:
            refuse('费用总额与各分项之和不符')
        within = scope['inscp_scp_amt']
        deducted = min(within, Decimal(rule['deductible']) - sum(s['act_pay_dedc'] for s in past))
        share = Decimal(rule['share']) - (0 if filed(one, data) else Decimal('0.1'))
        limit = Decimal(rule['limit']) - sum(s['hifp_pay'] for s in past)
        fund = min(limit, ((within - deducted) * share).quantize(CENT, ROUND_HALF_UP))
        borne, balance = total - fund, self.accounts[one['psn_no']]
        account = min(balance, borne) if data['acct_used_flag'] == '1' else ZERO
        sums = dict(zip(SUMS, (total, deducted, fund, fund, borne, account, borne - account)))
        if 'swaps-fund-and-cash' in SLIPS:
            sums['fund_pay_sumamt'], sums['psn_cash_pay'] = sums['psn_cash_pay'], sums['fund_pay_sumamt']
        row = {'inscp_scp_amt': within, 'crt_payb_lmt_amt': limit}
        paid = {rule['fund']: fund, **({'310200': account} if account else {})}
        rows = [{'fund_pay_type': kind, 'fund_payamt': amount, **row} for kind, amount in paid.items()]
        rest = {**dict.fromkeys(UNUSED, ZERO), 'pool_prop_selfpay': share, 'balc': balance - account}
        return {**sums, **scope, **rest}, rows

    def trial(self, data, message):
        one = presented(data, [self.person(data, data['insutype'])])
        if data['med_type'][0] == '2' or data['med_type'] == '52':
            refuse('住院类别不能按门诊结算')
        visits = [s for s in self.settled.values() if s['mdtrt_id'] == data['mdtrt_id']]
        if any(s['psn_no'] != one['psn_no'] for s in visits) and 'other-visit' not in SLIPS:
            refuse('该就诊不属于此人')
        if any(s['in_force'] and s['batch'] == data['chrg_bchno'] for s in visits) and 'charges-twice' not in SLIPS:
            refuse('该收费批次已结算')
        sums, rows = self.reckon(data, one)
        told = {name: data[name] for name in ('mdtrt_id', 'mdtrt_cert_type', 'med_type', 'insutype')}
        own = {**told, **about(one), 'psn_type': one['psn_type'], 'cvlserv_flag': '0', **closing(message)}
        return {'setlinfo': {**own, **sums}, 'setldetail': rows}

    def settle(self, data, message):
        told, identity = self.trial(data, message), self.number()
        told['setlinfo']['setl_id'] = identity
        self.settled[identity] = {
            **told, 'psn_no': data['psn_no'], 'mdtrt_id': data['mdtrt_id'], 'batch': data['chrg_bchno'],
            'month': f'{now():%Y%m}', '2207': (message['fixmedins_code'], message['msgid']), '2208': None,
        }
        self.move(self.settled[identity], True)
        return told

    def move(self, record, forward):
        """Puts a settlement in force or takes it out, and the money from the account or back."""
        record['in_force'] = forward
        self.accounts[record['psn_no']] += record['setlinfo']['acct_pay'] * (-1 if forward else 1)

    def cancel(self, data, message):
        record = self.settled.get(data['setl_id']) or refuse('未查询到该结算')
        if record['psn_no'] != data['psn_no']:
            refuse('该结算不属于此人')
        if record['mdtrt_id'] != data['mdtrt_id'] and 'cancels-any-visit' not in SLIPS:
            refuse('该结算不属于此次就诊')
        if not record['in_force'] and not (record['2208'] and 'cancels-again' in SLIPS):
            refuse('该结算已撤销')
        self.move(record, False)
        if 'account-not-restored' in SLIPS:
            self.accounts[record['psn_no']] -= record['setlinfo']['acct_pay']
        record['2208'] = message['fixmedins_code'], message['msgid']
        rows = (record['setlinfo'], *record['setldetail'])
        info, *rows = [{name: -one if name in MIRRORED else one for name, one in row.items()} for row in rows]
        own = {'setl_id': self.number(), 'balc': self.accounts[record['psn_no']], **closing(message)}
        return {'setlinfo': {**info, **own}, 'setldetail': rows}

    def reverse(self, data, message):
        original, done = (message['fixmedins_code'], data['omsgid']), data['oinfno']
        named = [record for record in self.settled.values() if original in (record['2207'], record['2208'])]
        if any(record['psn_no'] != data['psn_no'] or record.get(done) != original for record in named):
            refuse('原交易与人员或交易编号不符')
        if done in ('2207', '2208') and (named or original not in self.answers):
            self.reversed.add((*original, done))
        for record in named or refuse('未查询到原交易'):
            again = 'pays-again' in SLIPS and done == '2207' and record['2208'] is not None
            if (record['in_force'] is (done == '2207') or again) and 'reversal-says-yes' not in SLIPS:
                self.move(record, done == '2208')

    def accumulated(self, data, _message):
        one, month = self.person(data), data.get('cum_ym') or f'{now():%Y%m}'
        parse_time(month, '%Y%m')
        row = {'insutype': one['insutype'], 'year': month[:4], 'cum_ym': month}
        kinds = {'C01': 'medfee_sumamt', 'C02': 'hifp_pay', 'C03': 'act_pay_dedc', 'C04': 'acct_pay'}
        sums = {kind: sum((s[name] for s in self.in_force(one, month)), ZERO) for kind, name in kinds.items()}
        return {'cuminfo': [{**row, 'cum_type_code': kind, 'cum': value} for kind, value in sums.items()]}

    def refer(self, data, _message):
        self.person(data, data.get('insutype'))
        kept = json.loads(write(data).encode('gbk', 'replace').decode('gbk')) if 'gbk-store' in SLIPS else data
        identity = self.number()
        own = {'begndate': data['refl_date'], 'hosp_agre_refl_flag': '1', 'dcla_souc': '01', 'out_flag': '1'}
        self.referred[identity] = {**own, **{name: text for name, text in kept.items() if text}}
        return {'result': {'trt_dcla_detl_sn': identity}}

    def withdraw(self, data, _message):
        found = self.referred.get(data['trt_dcla_detl_sn'])
        if found is None or found['psn_no'] != data['psn_no']:
            refuse('查无此转诊')
        del self.referred[data['trt_dcla_detl_sn']]

    def referrals(self, data, _message):
        one, first, last = self.person(data), data['begntime'][:10], (data.get('endtime') or '9999-12-31')[:10]
        own = {**about(one), 'insutype': one['insutype']}
        first, last = ('0000', '9999') if 'any-time' in SLIPS else (first, last)
        mine = [r for r in self.referred.values() if r['psn_no'] == one['psn_no'] and first <= r['refl_date'] <= last]
        unasked = ('refl_type', 'refl_opnn', 'mdtrtarea_admdvs', 'refl_old_mdtrt_id', 'refl_used_flag')
        return {'refmedin': [{**own, **{name: r[name] for name in r if name not in unasked}} for r in mine]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    system, lock = System(), threading.Lock()

    def answer(self, body):
        received = f'{now(0 if "utc" in SLIPS else 8):%Y%m%d%H%M%S%f}'[:17]
        head = {'inf_refmsgid': self.system.number(), 'refmsg_time': received, 'respond_time': received}
        try:
            code = '0' if 'text-code' in SLIPS else 0
            return {'infcode': code, **head, 'err_msg': '', 'output': self.system.once(body)}
        except Refusal as refusal:
            return {'infcode': -1, **head, 'err_msg': str(refusal)[:200], 'output': None}
        except (ValueError, RecursionError):
            return {'infcode': -1, **head, 'err_msg': '报文无法识别', 'output': None}

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        with self.lock:
            answer = write(self.answer(body)).encode('utf-8-sig' if 'marked' in SLIPS else 'utf-8')
        self.send_response(500 if 'http-500' in SLIPS and b'"infcode":-1' in answer else 200)
        self.send_header('Content-Type', 'application/json; charset=utf-8')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        """Nothing is logged."""


if __name__ == '__main__':
    SERVER = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print(SERVER.server_address[1], flush=True)
    SERVER.serve_forever()
