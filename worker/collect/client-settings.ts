import type { SourceCall } from "../auth/guard.ts";
import { jsonReply } from "../wire/reply.ts";

/** What clients of other makers ask before they send: where to, and that nobody else is to be told. */

/** How long a client may keep the answer, s. */
const KEPT_SECONDS = 120;

/** `GET /v1/projects/:key/settings`, for `@segment/analytics-next`. */
export function segmentSettings({ request, writeKey }: SourceCall): Promise<Response> {
  const { host, protocol } = new URL(request.url);
  return answered({
    integrations: {
      "Segment.io": {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol: protocol.slice(0, -1),
        addBundledMetadata: true,
        unbundledIntegrations: [],
        versionSettings: { componentTypes: ["browser"] },
      },
    },
    plan: { track: DEFAULT_PLAN, identify: DEFAULT_PLAN, group: DEFAULT_PLAN },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    // Else it tells its maker how it is doing.
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  });
}

const DEFAULT_PLAN = { __default: { enabled: true, integrations: {} } };

/** `GET /sourceConfig/`, for the SDKs of RudderStack. */
export function rudderSettings({ source, workspace, writeKey }: SourceCall): Promise<Response> {
  return answered({
    source: {
      id: source.key,
      name: source.key,
      writeKey,
      workspaceId: workspace.id,
      enabled: true,
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      connections: [],
      destinations: [],
      dataplanes: {},
    },
  });
}

async function answered(body: object): Promise<Response> {
  const response = jsonReply(body);
  response.headers.set("cache-control", `private, max-age=${KEPT_SECONDS}`);
  return response;
}
