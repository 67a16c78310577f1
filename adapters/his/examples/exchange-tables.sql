-- 医保交换表示例（PostgreSQL）。表名、列名可改，与映射文件 tables-map.json 一致即可。
-- Exchange tables, an example: names are free as long as tables-map.json says the same.
-- HIS 只写业务列并置 zt = '0'；zt、clz、clsx、cscs 及应答列由适配器写。

CREATE TABLE yb_request (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  jylx text NOT NULL,                 -- 业务类型：映射文件 actions 的 name
  jzlsh text NOT NULL,                -- 本院就诊流水号
  zt text NOT NULL DEFAULT '0',       -- 0 待处理 1 处理中 2 成功 3 拒绝 4 结果未知（适配器会自动查明，勿重复收费）
  clz text, clsx timestamptz, cscs integer,  -- 处理者、处理时限、处理次数
  pzlx text, pzhm text, ksbm text, zjhm text, xm text, cbdq text,  -- 就诊凭证类型、编号、卡识别码、证件号码、姓名、参保地
  yllb text, kssj timestamp, ksdm text, ksmc text, kb text, ysbm text, ysxm text, bzbm text, bzmc text,
  sfpc text, zje numeric(16, 2), fph text, zhsy text,           -- 收费批次、总额、发票号、是否使用个人账户
  jsid text, yy text,                                           -- 要撤销的结算ID、原因
  fhdm text, fhxx text, cwdm text,                              -- 返回代码、说明、错误编码
  jzid text, rybh text, cbd text, fh_jsid text, fh_zje text, fh_jjzf text, fh_zhzf text, fh_xjzf text
);
-- 空闲时的查询只看未办结的行。An idle look reads open rows only.
CREATE INDEX yb_request_open ON yb_request (id) WHERE zt IN ('0', '1', '4');
CREATE INDEX yb_request_open_visit ON yb_request (jzlsh, id) WHERE zt IN ('0', '1', '4');

CREATE TABLE yb_request_fee (
  qqid bigint NOT NULL REFERENCES yb_request, xh integer NOT NULL,
  mxh text, fyfssj timestamp, ybbm text, ynbm text, xmmc text, je numeric(16, 2), sl numeric(16, 4), dj numeric(16, 6),
  kdks text, kdksmc text, kdys text, kdysxm text, wgcf text DEFAULT '0', yysp text DEFAULT '1', cfh text,
  PRIMARY KEY (qqid, xh)
);
CREATE TABLE yb_request_diagnosis (
  qqid bigint NOT NULL REFERENCES yb_request, xh integer NOT NULL,
  zdlb text DEFAULT '1', zdbm text, zdmc text, zdks text, zdys text, zdysxm text, zdsj timestamp,
  PRIMARY KEY (qqid, xh)
);
CREATE TABLE yb_request_return (
  qqid bigint NOT NULL REFERENCES yb_request, mxh text NOT NULL, tsl text,  -- 退回明细、数量（空为整条）
  PRIMARY KEY (qqid, mxh)
);
CREATE TABLE yb_answer_fee (
  qqid bigint NOT NULL, mxh text, qzf text, cxj text, xxzf text, fhfw text, xmdj text, xmlb text
);
CREATE INDEX yb_answer_fee_request ON yb_answer_fee (qqid);

-- 新行即时通知，可选；没有也按间隔查询。New rows are told at once; without it the table is polled.
CREATE FUNCTION yb_request_told() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_notify(''yb_request'', ''''); RETURN NULL; END';
CREATE TRIGGER yb_request_new AFTER INSERT ON yb_request FOR EACH STATEMENT EXECUTE FUNCTION yb_request_told();
