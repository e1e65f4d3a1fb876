export type { ErrorCode, Retry } from "@singyeong/protocol";
export type {
  Call,
  CallArguments,
  Callback,
  CallContext,
  CallHeaders,
  CallOptions,
  HandleOptions,
  Handler,
  HandlerOf,
  IncomingCall,
  IncomingMiddleware,
  Middleware,
  OutgoingCall,
  OutgoingMiddleware,
  Relay,
  RelayedCall,
  RelayTarget,
  RetryOptions,
  ServeOptions,
  Service,
} from "./call/call.ts";
export type { CallMethods } from "./call/call-methods.ts";
export type { Client, MetadataStore, Stream, TopicMethods, WaitOptions } from "./client.ts";
export type { PayloadCodec } from "./codec/payload-codec.ts";
export { connect } from "./connect.ts";
export {
  type Application,
  type ContractOf,
  type Declaration,
  defineApplication,
  type Queued,
} from "./contract/application.ts";
export type { Contract, IsOpen, PushedOf, QueueContract, QueuedOf, Undeclared } from "./contract/contract.ts";
export type { BaseMetadata, MetadataInputOf, MetadataOf } from "./contract/metadata.ts";
export type {
  MethodContract,
  MethodDeclaration,
  MethodNameOf,
  MethodPart,
  Methods,
  MethodsOf,
} from "./contract/methods.ts";
export type { Schema } from "./contract/schema.ts";
export type { StandardIssue, StandardSchema } from "./contract/standard-schema.ts";
export type { Validation } from "./contract/validation.ts";
export { type ClientErrorCode, SingyeongError, type SingyeongErrorOptions } from "./errors.ts";
export { createHttpApi } from "./http/create-http-api.ts";
export type { Candidate, ClientName, Explanation, OpOutcome } from "./http/explanation.ts";
export type { HttpApi, HttpCallOptions, HttpOptions, ProxyFetch } from "./http/http.ts";
export type { NodeInfo } from "./http/node-info.ts";
export type {
  Message,
  Messages,
  MessagesOptions,
  Receipt,
  ReplyOptions,
  RequestOptions,
  SendOptions,
  Subscription,
} from "./messaging/message.ts";
export { float, integer } from "./metadata/number.ts";
export {
  type MetadataInput,
  type MetadataType,
  type MetadataValue,
  metadataTypes,
  type Typed,
} from "./metadata/types.ts";
export { isVersion, type Version, version, versionSchema } from "./metadata/version.ts";
export type {
  CallsOptions,
  ConnectOptions,
  OutboxOptions,
  ReconnectOptions,
  Telemetry,
  TlsOptions,
} from "./options/options.ts";
export { readServer, type Server } from "./options/servers.ts";
export { type QueryBuilder, query, type Where } from "./query/builder.ts";
export type { AnyMetadata, Condition, Path, Reference } from "./query/condition.ts";
export { and, nor, or } from "./query/logic.ts";
export { type PathMaker, path, pathsOf } from "./query/path.ts";
export { pointer } from "./query/pointer.ts";
export type {
  BuiltQuery,
  Comparison,
  ComparisonOp,
  Logic,
  LogicOp,
  Op,
  Query,
  Selector,
  Target,
} from "./query/query.ts";
export type {
  ConsumeOptions,
  Job,
  Jobs,
  NackOptions,
  Pushed,
  PushOptions,
  Queue,
} from "./queue/queue.ts";
export type { HttpHandler, HttpService, ServeHttpOptions } from "./serve-http/serve-http.ts";
export type { Status, StatusOf, StatusType } from "./status/status.ts";
export type {
  AnyTarget,
  EventNackOptions,
  Published,
  PublishOptions,
  ReplyWaitOptions,
  SubscribeOptions,
  TopicEvent,
  TopicEvents,
  TopicReply,
  TopicSubscription,
} from "./topic/topic.ts";
export type { Consumer } from "./work/consumer.ts";
