export type { Eligible } from "./choose/plan.ts";
export { type BaseValue, createEngine, type Engine, type EngineOptions, type IndexCounts } from "./engine.ts";
export type { CandidateExplanation, Explanation, MemberName, OpExplanation } from "./explain/explain.ts";
export {
  type Attribute,
  type AttributeFault,
  type AttributeResult,
  type AttributeType,
  createAttribute,
} from "./member/attribute.ts";
export type { BaseAttributes, BaseField, Member, Membership } from "./member/member.ts";
export type { QueryFault, QueryFaultCode } from "./parse/fault.ts";
export { MAX_LOGIC_DEPTH, MAX_OPS } from "./parse/op.ts";
export { narrowToNamespace, parseQuery, type Query, type QueryResult } from "./parse/query.ts";
export { MAX_PATH_LENGTH, MAX_PATH_SEGMENTS } from "./path/path.ts";
export { hashText } from "./ring/hash.ts";
export { chooseByKey } from "./ring/probes.ts";
export { MAX_VALUE_DEPTH } from "./value/canonical.ts";
export { sizeUpTo } from "./value/size.ts";
export { canonicalText } from "./value/text.ts";
export type { Value, ValueMap } from "./value/value.ts";
export { MAX_VERSION_LENGTH } from "./value/version.ts";
