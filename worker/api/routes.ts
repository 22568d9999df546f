import { audienceRoutes } from "./audiences.ts";
import { audienceHistoryRoutes } from "./audience-history.ts";
import { audienceSizesRoutes } from "./audience-sizes.ts";
import { auditRoutes } from "./audit.ts";
import { campaignRoutes } from "./campaigns.ts";
import { catalogueRoutes } from "./catalogue.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { healthRoutes } from "./health-detail.ts";
import { homeRoutes } from "./home-figures.ts";
import { householdRoutes } from "./households.ts";
import { importRoutes } from "./imports.ts";
import { keyRoutes } from "./keys.ts";
import { listMatchRoutes } from "./list-match.ts";
import { listMemberRoutes } from "./list-members.ts";
import { liveRoutes } from "./live.ts";
import { listRoutes } from "./lists.ts";
import { placementRoutes } from "./placements.ts";
import { planRoutes } from "./plan.ts";
import { identityRoutes } from "./identities.ts";
import { profileRoutes } from "./profiles.ts";
import { quarantineRoutes } from "./quarantine.ts";
import { restoreRoutes } from "./restore.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session.ts";
import { teamRoutes } from "./team.ts";
import { ruleRoutes } from "./rules.ts";
import { rulesetDiffRoutes } from "./ruleset-diff.ts";
import { rulesetRoutes } from "./ruleset.ts";
import { sizeRoutes } from "./sizes.ts";
import { sourceRoutes } from "./sources.ts";
import { userTokenKeyRoutes } from "./user-token-keys.ts";
import { workspaceRoutes } from "./workspace.ts";

/** The control plane: served, documented and tested from this list. */
export const ROUTES: readonly Route[] = [
  ...workspaceRoutes,
  ...sessionRoutes,
  ...teamRoutes,
  ...sourceRoutes,
  ...keyRoutes,
  ...userTokenKeyRoutes,
  ...audienceRoutes,
  ...audienceHistoryRoutes,
  ...audienceSizesRoutes,
  ...placementRoutes,
  ...campaignRoutes,
  ...listRoutes,
  ...listMemberRoutes,
  ...listMatchRoutes,
  ...ruleRoutes,
  ...rulesetRoutes,
  ...rulesetDiffRoutes,
  ...profileRoutes,
  ...identityRoutes,
  ...householdRoutes,
  ...importRoutes,
  ...planRoutes,
  ...quarantineRoutes,
  ...liveRoutes,
  ...auditRoutes,
  ...sizeRoutes,
  ...catalogueRoutes,
  ...deadLetterRoutes,
  ...healthRoutes,
  ...homeRoutes,
  ...restoreRoutes,
];
