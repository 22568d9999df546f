/** Made from the API's own description by `npm run api-types`. */

/**
 * What a page, an app or a mail makes something of.
 */
export type Content = {} | unknown[] | string | number | boolean | null;

export interface Paths {
  "/api/workspace": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Workspace;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": WorkspaceBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Workspace;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/session": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": SignIn;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              signedIn: true;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Session;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": SessionBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Session;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {};
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/team": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": {
              members: Member[];
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/team/{id}": {
    put: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          "application/json": MemberBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Member;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/team/{id}/link": {
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          "application/json": {};
        };
      };
      responses: {
        200: {
          content: {
            "application/json": SignInLink;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/sources": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              sources: Source[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/sources/{key}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Source;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": SourceBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Source;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/keys": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              keys: SecretKey[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": SecretKeyBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": NewSecretKey;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/keys/{id}": {
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/user-token-keys": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              keys: UserTokenKey[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": UserTokenKeyBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": NewUserTokenKey;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/user-token-keys/{kid}": {
    delete: {
      parameters: {
        path: {
          kid: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audiences": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              audiences: Audience[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audiences/{key}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Audience;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": AudienceBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Audience;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audiences/{key}/history": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              versions: AudienceVersion[];
              /**
               * Versions looked into.
               */
              read: number;
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audience-sizes": {
    get: {
      parameters: {
        query?: {
          hours?: number;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": AudienceSizes;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/placements": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              placements: Placement[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/placements/{key}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Placement;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": PlacementBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Placement;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/campaigns": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              campaigns: Campaign[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/campaigns/{key}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Campaign;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": CampaignBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Campaign;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/campaigns/{key}/outcomes": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              outcomes: {
                campaign: string;
                creative: string;
                shown: number;
                converted: number;
                rate: number;
                low: number;
                high: number;
              }[];
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              lists: List[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ListDetail;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": ListBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": List;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}/members": {
    post: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
        query?: {
          mode?: "replace" | "append";
          format?: "text" | "csv" | "ndjson";
          /**
           * What the lines hold; by default as the list says.
           */
          type?: string;
          /**
           * Of a table with a header: the column; by default the first.
           */
          column?: string;
        };
      };
      responses: {
        202: {
          content: {
            "application/json": ListUploadAccepted;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}/uploads/{upload}": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
          upload: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ListUpload;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}/match": {
    post: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      requestBody: {
        content: {
          "application/json": ListQuestion;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ListAnswer;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}/overlap": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ListOverlap;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/lists/{key}/filter": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/octet-stream": string;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/rules/validate": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": RuleBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ValidRule;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/rules/preview": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": PreviewBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": RulePreview;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/publish": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": PublishBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": PublishedVersion;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/versions": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              versions: RulesetVersion[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/progress": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": RulesetProgress;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/rollback": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": RollbackBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": PublishedVersion;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/diff": {
    get: {
      parameters: {
        query?: {
          /**
           * The live version where not given; 0 is the nothing before the first.
           */
          from?: number;
          /**
           * The drafts where not given.
           */
          to?: number;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": RulesetDiff;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/ruleset/effect": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": EffectBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": RulesetEffect;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/lookup": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": Identity;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ProfileRef;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}": {
    get: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Profile;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/events": {
    get: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": JournalEvents;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/explain": {
    get: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
        query: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          audience: string;
          /**
           * An instant of the rule language; now where not given.
           */
          at?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Explanation;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/identities": {
    get: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              profileId: string;
              identities: IdentityLink[];
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/split": {
    post: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      requestBody: {
        content: {
          "application/json": SplitBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              /**
               * Of the identifier, which is a profile of its own now.
               */
              profileId: string;
              /**
               * `pending`: its events follow, as soon as the cold path has taken what is under way.
               */
              state: "done" | "pending";
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/link": {
    post: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      requestBody: {
        content: {
          "application/json": LinkBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              profileId: string;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/households/{id}": {
    get: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Household;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/profiles/{id}/household": {
    post: {
      parameters: {
        path: {
          /**
           * Of a profile, as decisions and lookups give it.
           */
          id: string;
        };
      };
      requestBody: {
        content: {
          "application/json": HouseholdBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              profileId: string;
              householdId: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/imports": {
    post: {
      parameters: {
        query: {
          /**
           * Key of the source.
           */
          source: string;
          type?: string;
          format?: string;
          map?: string;
          dryRun?: string;
          part?: string;
          parts?: string;
          last?: string;
          delimiter?: string;
          encoding?: string;
          header?: string;
          columns?: string;
          event?: string;
        };
      };
      responses: {
        202: {
          content: {
            "application/json": ImportAccepted;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              imports: Import[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/imports/{id}": {
    get: {
      parameters: {
        path: {
          /**
           * As the header `Import-Id` gave it, or as it was made.
           */
          id: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": ImportReport;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    delete: {
      parameters: {
        path: {
          /**
           * As the header `Import-Id` gave it, or as it was made.
           */
          id: string;
        };
      };
      responses: {
        204: {
          content: {};
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/plan": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Plan;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
    put: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": PlanBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": Plan;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/plan/check": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": PlanCheckBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              judgements: PlanJudgement[];
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/quarantine": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              events: RejectedEvent[];
              refused: RefusedCount[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/quarantine/replay": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": QuarantineReplayBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": QuarantineReplay;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/live": {
    get: {
      parameters: {
        query?: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          source?: string;
          event?: string;
          /**
           * 0: only what is held of the last moments.
           */
          seconds?: number;
        };
      };
      responses: {
        200: {
          content: {
            "text/event-stream": string;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audit": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              entries: AuditEntry[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/audiences/{key}/size": {
    get: {
      parameters: {
        path: {
          /**
           * Yours to choose; lower case, digits and hyphens.
           */
          key: string;
        };
        query?: {
          /**
           * Of the week until now where not given.
           */
          from?: string;
          /**
           * Of the week until now where not given.
           */
          to?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": AudienceSize;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/catalogue": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Catalogue;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/catalogue/{event}": {
    get: {
      parameters: {
        path: {
          event: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": CataloguedEventDetail;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/dead-letters": {
    get: {
      parameters: {
        query?: {
          /**
           * How many at most.
           */
          limit?: number;
          /**
           * `next` of the page before.
           */
          cursor?: string;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              deadLetters: DeadLetter[];
              /**
               * Cursor of the next page; null on the last one.
               */
              next: string | null;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/dead-letters/replay": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": ReplayBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": {
              replayed: number;
            };
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/health/detail": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": HealthDetail;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/home": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Home;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/volume": {
    get: {
      parameters: {};
      responses: {
        200: {
          content: {
            "application/json": Volume;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
  "/api/restore": {
    post: {
      parameters: {};
      requestBody: {
        content: {
          "application/json": RestoreBody;
        };
      };
      responses: {
        200: {
          content: {
            "application/json": RestoreStep;
          };
        };
        default: {
          content: {
            "application/problem+json": Problem;
          };
        };
      };
    };
  };
}
export interface Workspace {
  id: string;
  name: string;
  timeZone: string;
  retentionDays: number;
  jurisdiction: string | null;
  smallCount: number;
  identifierPriority: string[];
  identifierLimits: {
    [k: string]:
      | number
      | {
          most: number;
          within: string;
        }
      | undefined;
  };
  gvlId: number | null;
  goldenRecord: {
    default: "recent" | "priority" | "longest" | "frequent";
    traits: {
      [k: string]: "recent" | "priority" | "longest" | "frequent" | undefined;
    };
  };
  globalHoldout: number;
  createdAt: string;
  updatedAt: string;
}
/**
 * RFC 9457.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /**
   * Stable: what a client branches on.
   */
  code:
    | "bad_request"
    | "not_json"
    | "too_deep"
    | "bad_encoding"
    | "not_in_encoding"
    | "batch_too_large"
    | "unauthorized"
    | "forbidden_scope"
    | "origin_not_allowed"
    | "foreign_page"
    | "not_found"
    | "method_not_allowed"
    | "in_use"
    | "import_conflict"
    | "part_conflict"
    | "precondition_failed"
    | "too_large"
    | "unsupported_encoding"
    | "invalid_rule"
    | "invalid_ruleset"
    | "invalid_plan"
    | "invalid_campaign"
    | "code_taken"
    | "fixed"
    | "bad_list_type"
    | "not_linked"
    | "not_split"
    | "identifier_limit"
    | "too_many_keys"
    | "last_admin"
    | "own_key"
    | "bad_identity"
    | "at_before_horizon"
    | "rate_limited"
    | "internal"
    | "unavailable"
    | "ruleset_not_ready";
  detail?: string;
  /**
   * Every fault found.
   */
  errors?: {
    /**
     * JSON Pointer (RFC 6901) to the place.
     */
    pointer?: string;
    parameter?: string;
    audience?: string;
    campaign?: string;
    code: string;
    message: string;
    [k: string]: unknown | undefined;
  }[];
  [k: string]: unknown | undefined;
}
export interface WorkspaceBody {
  /**
   * What people see.
   */
  name?: string;
  timeZone: string;
  retentionDays: number;
  /**
   * Fixed when the workspace is made; may be repeated, not changed.
   */
  jurisdiction?: string | null;
  /**
   * Figures about fewer people are not shown.
   */
  smallCount?: number;
  /**
   * Kinds of identifiers, the strongest first: which of those that one call bears gives way where two cannot be one person's, and to which of two people a weaker one belongs. By their names in events: `userId`, `email`, `phone`, `anonymousId`, and the `type` of an external id. A kind that is not named comes after those of its firmness that are.
   *
   * @maxItems 50
   */
  identifierPriority?: string[];
  identifierLimits?: IdentifierLimits;
  /**
   * Our vendor number in the IAB's global vendor list.
   */
  gvlId?: number | null;
  goldenRecord?: GoldenRecord;
  /**
   * Share of all people who are shown no campaign at all, so that the effect of all of them together can be told. From the next publish on.
   */
  globalHoldout?: number;
}
/**
 * How many identifiers of a kind one person may have: a number for ever, or `most` that were used `within` so long. One that would be too many is not linked, which the quarantine reports as `identifier_limit`; its event is kept. Without a word here: one `userId`; ten of what is one person's; of each kind of device twenty within `7d`.
 */
export interface IdentifierLimits {
  [k: string]:
    | number
    | {
        most: number;
        within: string;
      }
    | undefined;
}
/**
 * Which value of a trait wins where sources disagree. `recent`: the latest, and null clears the trait. Under the others null withdraws only what its own source set before: `priority`: that of the source with the highest `priority`; `longest`: the longest text, array or object; `frequent`: the one set most often, the last 20 settings of each source counting. The later where several are left. Audiences, decisions and profiles show a change from the next publish on, as they do one of a source's priority.
 */
export interface GoldenRecord {
  /**
   * Of every trait that is not named.
   */
  default?: "recent" | "priority" | "longest" | "frequent";
  traits?: {
    [k: string]: "recent" | "priority" | "longest" | "frequent" | undefined;
  };
}
export interface SignIn {
  link: string;
}
export interface Session {
  member: {
    id: string;
    /**
     * What people see.
     */
    name: string;
    role: "admin" | "editor" | "viewer";
    language: "en" | "fr";
  };
  workspace: {
    id: string;
    name: string;
    timeZone: string;
  };
  scopes: ("collect" | "decide" | "profiles:read" | "profiles:write" | "rules:write" | "rules:publish" | "kpis:read" | "admin")[];
  demo: boolean;
}
export interface SessionBody {
  language: "en" | "fr";
}
export interface Member {
  id: string;
  /**
   * What people see.
   */
  name: string;
  email: string;
  /**
   * `viewer` sees numbers and rules, `editor` works, `admin` also says who may.
   */
  role: "admin" | "editor" | "viewer";
  language?: "en" | "fr";
  createdAt: string;
  updatedAt: string;
}
export interface MemberBody {
  /**
   * What people see.
   */
  name: string;
  email: string;
  /**
   * `viewer` sees numbers and rules, `editor` works, `admin` also says who may.
   */
  role: "admin" | "editor" | "viewer";
  language?: "en" | "fr";
}
export interface SignInLink {
  link: string;
  expiresAt: string;
}
export interface Source {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  name: string;
  kind: "browser" | "app" | "server";
  channel: "web" | "app" | "store" | "email" | "crm" | "partner";
  party: "first" | "second" | "third";
  origins: string[];
  identify: "open" | "signed";
  consent: "required" | "assumed";
  priority: number;
  /**
   * Public: it goes into the tag or SDK. Kept when the source is replaced.
   */
  writeKey: string;
  createdAt: string;
  updatedAt: string;
}
export interface SourceBody {
  /**
   * What people see.
   */
  name: string;
  kind: "browser" | "app" | "server";
  /**
   * Needed for a server source; of a browser `web`, of an app `app` by default.
   */
  channel?: "web" | "app" | "store" | "email" | "crm" | "partner";
  party?: "first" | "second" | "third";
  /**
   * Pages that may call with the write key. `http://localhost:*` is any port of localhost.
   *
   * @maxItems 100
   */
  origins?: string[];
  identify?: "open" | "signed";
  /**
   * What silence about consent means.
   */
  consent?: "required" | "assumed";
  /**
   * Where sources disagree over a trait that goes by `priority`, the highest wins; from the next publish on.
   */
  priority?: number;
}
export interface SecretKey {
  id: string;
  name: string;
  /**
   * @minItems 1
   * @maxItems 8
   */
  scopes: ("collect" | "decide" | "profiles:read" | "profiles:write" | "rules:write" | "rules:publish" | "kpis:read" | "admin")[];
  createdAt: string;
  revokedAt: string | null;
}
export interface SecretKeyBody {
  /**
   * What people see.
   */
  name: string;
  /**
   * @minItems 1
   * @maxItems 8
   */
  scopes: ("collect" | "decide" | "profiles:read" | "profiles:write" | "rules:write" | "rules:publish" | "kpis:read" | "admin")[];
}
export interface NewSecretKey {
  id: string;
  name: string;
  /**
   * @minItems 1
   * @maxItems 8
   */
  scopes: ("collect" | "decide" | "profiles:read" | "profiles:write" | "rules:write" | "rules:publish" | "kpis:read" | "admin")[];
  createdAt: string;
  revokedAt: string | null;
  /**
   * Shown this once: only its hash is kept.
   */
  secret: string;
}
export interface UserTokenKey {
  /**
   * Goes into the header of each token.
   */
  kid: string;
  name: string;
  algorithm: "HS256" | "ES256";
  publicKey: {
    kty: "EC";
    crv: "P-256";
    x: string;
    y: string;
  } | null;
  createdAt: string;
}
export interface UserTokenKeyBody {
  /**
   * What people see.
   */
  name: string;
  algorithm: "HS256" | "ES256";
  /**
   * Of an ES256 key: a JWK of P-256. Members beyond those of the public key are passed over.
   */
  publicKey?: {
    kty: "EC";
    crv: "P-256";
    x: string;
    y: string;
    [k: string]: unknown | undefined;
  };
}
export interface NewUserTokenKey {
  /**
   * Goes into the header of each token.
   */
  kid: string;
  name: string;
  algorithm: "HS256" | "ES256";
  publicKey: {
    kty: "EC";
    crv: "P-256";
    x: string;
    y: string;
  } | null;
  createdAt: string;
  /**
   * Of an HS256 key. Shown this once: it is kept nowhere.
   */
  secret?: string;
}
export interface Audience {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  name: string;
  description: string;
  rule: Rule;
  code: string;
  /**
   * `public`: pages and write keys may see it too. By default `server`.
   */
  visibility: "public" | "server";
  /**
   * The purpose it needs consent for. By default `ads`.
   */
  purpose: "ads" | "content" | "measurement";
  taxonomy: {
    segtax: number;
    id: string;
  }[];
  tags: string[];
  createdAt: string;
  updatedAt: string;
}
/**
 * A rule of the rule language.
 */
export interface Rule {}
export interface AudienceBody {
  /**
   * What people see.
   */
  name: string;
  description?: string;
  rule: Rule & ({} | null);
  /**
   * Short name for ad servers, unique; made from the key where not given.
   */
  code?: string;
  /**
   * `public`: pages and write keys may see it too. By default `server`.
   */
  visibility?: "public" | "server";
  /**
   * The purpose it needs consent for. By default `ads`.
   */
  purpose?: "ads" | "content" | "measurement";
  /**
   * Places in a taxonomy of the IAB: 4 is Audience Taxonomy 1.1.
   *
   * @maxItems 50
   */
  taxonomy?: {
    segtax: number;
    id: string;
  }[];
  /**
   * @maxItems 50
   */
  tags?: string[];
}
export interface AudienceVersion {
  version: number;
  note: string;
  createdAt: string;
  createdBy: string;
  /**
   * True where it is live now as it was in this version.
   */
  live: boolean;
  change: "added" | "changed" | "removed";
  /**
   * Names of those that differ from the version before.
   */
  fields: string[];
  name: string;
  sentences: Sentences | null;
  /**
   * What a PUT takes, to bring it back as a draft; null where this version removed it.
   */
  content: {
    [k: string]: unknown | undefined;
  } | null;
}
export interface Sentences {
  en: string;
  fr: string;
}
export interface AudienceSizes {
  from: string;
  to: string;
  /**
   * 1 up to two days, 6 up to two weeks, 24 beyond.
   */
  stepHours: number;
  audiences: AudienceLine[];
}
export interface AudienceLine {
  key: string;
  name: string;
  /**
   * What is live against the draft: the same, not live yet, another, deleted. Null where what the live version was made of was not kept.
   */
  state: "live" | "draft" | "changed" | "removed" | null;
  /**
   * Drafts that name it.
   */
  usedBy: {
    kind: "audience" | "campaign";
    key: string;
  }[];
  now: number;
  /**
   * Size at the end of each step; the last step is under way.
   */
  series: number[];
  /**
   * Of the size over the span: `entered` less `exited`.
   */
  change: number;
  /**
   * By a publish too.
   */
  entered: number;
  exited: number;
}
export interface Placement {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  name: string;
  /**
   * The purpose it needs consent for; without, its default is shown. By default `content`.
   */
  purpose: "ads" | "content" | "measurement";
  default: Content;
  createdAt: string;
  updatedAt: string;
}
export interface PlacementBody {
  /**
   * What people see.
   */
  name: string;
  /**
   * The purpose it needs consent for; without, its default is shown. By default `content`.
   */
  purpose?: "ads" | "content" | "measurement";
  default?: Content;
}
export interface Campaign {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  /**
   * What people see.
   */
  name: string;
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  placement: string;
  /**
   * For whom; or `rule`, a rule of its own; without either, for everyone.
   */
  audience?: string;
  rule?: Rule & ({} | null);
  /**
   * Audiences whose members are left out.
   *
   * @maxItems 50
   *
   * Items: Yours to choose; lower case, digits and hyphens.
   */
  exclude?: string[];
  /**
   * The higher goes first.
   */
  priority?: number;
  /**
   * From an instant until before another, on some days, in some hours that clocks show in `timeZone`, the workspace's by default; whatever is left out is always.
   */
  schedule?: {
    from?: string;
    to?: string;
    timeZone?: string;
    /**
     * @maxItems 7
     */
    days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
    /**
     * @maxItems 24
     */
    hours?: {
      from: string;
      to: string;
    }[];
  };
  /**
   * @maxItems 5
   *
   * Items: At most so many impressions within a span such as `1d`, or in a day, week, month or year of the calendar; of one person or, with `of`, of all of a household.
   */
  cap?: {
    limit: number;
    per:
      | string
      | {
          calendar: "day" | "week" | "month" | "year";
        };
    of?: "person" | "household";
  }[];
  /**
   * Share of people who are shown the default instead.
   */
  holdout?: number;
  allocation?: "weighted" | "thompson";
  /**
   * @minItems 1
   * @maxItems 50
   */
  creatives: {
    /**
     * Yours to choose; lower case, digits and hyphens.
     */
    key: string;
    weight?: number;
    content?: Content;
    html?: string;
    /**
     * Where a click leads; a click leads nowhere else.
     */
    destination?: string;
  }[];
  goal?: {
    event: string;
    value?: string;
    window?: string;
  };
  cost?: {
    model: "cpm" | "cpc" | "fixed";
    amount: number;
    currency: string;
  };
  createdAt: string;
  updatedAt: string;
}
export interface CampaignBody {
  /**
   * What people see.
   */
  name: string;
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  placement: string;
  /**
   * For whom; or `rule`, a rule of its own; without either, for everyone.
   */
  audience?: string;
  rule?: Rule & ({} | null);
  /**
   * Audiences whose members are left out.
   *
   * @maxItems 50
   *
   * Items: Yours to choose; lower case, digits and hyphens.
   */
  exclude?: string[];
  /**
   * The higher goes first.
   */
  priority?: number;
  /**
   * From an instant until before another, on some days, in some hours that clocks show in `timeZone`, the workspace's by default; whatever is left out is always.
   */
  schedule?: {
    from?: string;
    to?: string;
    timeZone?: string;
    /**
     * @maxItems 7
     */
    days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
    /**
     * @maxItems 24
     */
    hours?: {
      from: string;
      to: string;
    }[];
  };
  /**
   * @maxItems 5
   *
   * Items: At most so many impressions within a span such as `1d`, or in a day, week, month or year of the calendar; of one person or, with `of`, of all of a household.
   */
  cap?: {
    limit: number;
    per:
      | string
      | {
          calendar: "day" | "week" | "month" | "year";
        };
    of?: "person" | "household";
  }[];
  /**
   * Share of people who are shown the default instead.
   */
  holdout?: number;
  allocation?: "weighted" | "thompson";
  /**
   * @minItems 1
   * @maxItems 50
   */
  creatives: {
    /**
     * Yours to choose; lower case, digits and hyphens.
     */
    key: string;
    weight?: number;
    content?: Content;
    html?: string;
    /**
     * Where a click leads; a click leads nowhere else.
     */
    destination?: string;
  }[];
  goal?: {
    event: string;
    value?: string;
    window?: string;
  };
  cost?: {
    model: "cpm" | "cpc" | "fixed";
    amount: number;
    currency: string;
  };
}
export interface List {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  name: string;
  description: string;
  /**
   * What a line of an upload holds where nothing else is said: `email`, `emailSha256`, `userId`, `anonymousId`, `phone` or `ext:TYPE`.
   */
  identifier: string;
  /**
   * How long an entry holds from the upload that last bore it, as `90d`; null for ever.
   */
  expires: string | null;
  /**
   * What it is for, for people to read: whom to leave out, whom we know, whom a partner knows.
   */
  purpose: "suppression" | "customers" | "partner";
  createdAt: string;
  updatedAt: string;
}
export interface ListDetail {
  /**
   * Yours to choose; lower case, digits and hyphens.
   */
  key: string;
  name: string;
  description: string;
  /**
   * What a line of an upload holds where nothing else is said: `email`, `emailSha256`, `userId`, `anonymousId`, `phone` or `ext:TYPE`.
   */
  identifier: string;
  /**
   * How long an entry holds from the upload that last bore it, as `90d`; null for ever.
   */
  expires: string | null;
  /**
   * What it is for, for people to read: whom to leave out, whom we know, whom a partner knows.
   */
  purpose: "suppression" | "customers" | "partner";
  createdAt: string;
  updatedAt: string;
  /**
   * Identifiers on it, as of the last upload that is through.
   */
  members: number;
  filter: {
    version: number;
    /**
     * Entries it was made of.
     */
    members: number;
    bytes: number;
    falsePositives: {
      nominal: number;
      /**
       * Share of strangers that it took for members.
       */
      measured: number;
      /**
       * How many strangers it was tried with.
       */
      probes: number;
    };
    /**
     * With it a partner makes the tags that the filter holds, base64url.
     */
    key: string;
  } | null;
  /**
   * The latest first, with deletions and what expired.
   */
  uploads: ListUpload[];
}
export interface ListUpload {
  id: string;
  kind: "upload" | "clear" | "expiry";
  mode: "replace" | "append";
  /**
   * `telling`: everybody is on the list, and people who are known are being told. `failed`: its body was lost; what was taken of it holds.
   */
  state: "waiting" | "applying" | "publishing" | "telling" | "done" | "failed";
  /**
   * From then on it counts.
   */
  acceptedAt: string;
  expiresAt: string | null;
  bytes: number;
  bytesDone: number;
  rows: number;
  rejected: number;
  /**
   * The first 20.
   */
  errors: {
    line: number;
    code: string;
  }[];
  /**
   * People who were told, each once for each of their identifiers.
   */
  told: number;
}
export interface ListBody {
  /**
   * What people see.
   */
  name: string;
  description?: string;
  /**
   * What a line of an upload holds where nothing else is said: `email`, `emailSha256`, `userId`, `anonymousId`, `phone` or `ext:TYPE`.
   */
  identifier?: string;
  /**
   * How long an entry holds from the upload that last bore it, as `90d`; null for ever.
   */
  expires?: string | null;
  /**
   * What it is for, for people to read: whom to leave out, whom we know, whom a partner knows.
   */
  purpose?: "suppression" | "customers" | "partner";
}
export interface ListUploadAccepted {
  uploadId: string;
}
export interface ListQuestion {
  /**
   * Of the list's own type, or an `identity` as decisions take it.
   *
   * @maxItems 1000
   */
  identifiers: (
    | string
    | {
        [k: string]: unknown | undefined;
      }
  )[];
}
export interface ListAnswer {
  /**
   * Null for what is no identifier.
   */
  matches: (boolean | null)[];
  matched: number;
}
export interface ListOverlap {
  members: number;
  /**
   * Null where they are fewer than the workspace shows.
   */
  known: number | null;
  lists: {
    /**
     * Yours to choose; lower case, digits and hyphens.
     */
    list: string;
    /**
     * Null where they are fewer than the workspace shows.
     */
    people: number | null;
  }[];
  audiences:
    | {
        audience: string;
        /**
         * Null where they are fewer than the workspace shows.
         */
        people: number | null;
      }[]
    | null;
}
export interface RuleBody {
  rule: Rule & ({} | null);
}
export interface ValidRule {
  valid: true;
  sentence: string;
  sentences: Sentences;
  /**
   * What is right and yet may surprise: a period cut by the retention; an audience named that is not there, without which a publish is refused; a list that is not there.
   */
  warnings: {
    /**
     * JSON Pointer into the rule.
     */
    pointer: string;
    code: string;
    message: string;
  }[];
}
export interface PreviewBody {
  rule: Rule & ({} | null);
  composition?: boolean;
}
export interface RulePreview {
  size: {
    estimate: number;
    low: number;
    high: number;
    exact: boolean;
  };
  overlap: {
    audience: string;
    /**
     * From 0 to 1.
     */
    share: number;
  }[];
  sample: string[];
  composition?: {
    feature: string;
    /**
     * From 0 to 1.
     */
    share: number;
    /**
     * From 0 to 1.
     */
    everyone: number;
  }[];
  ms: number;
}
export interface PublishBody {
  /**
   * Why, for those who read the list of versions.
   */
  note?: string;
}
export interface PublishedVersion {
  version: number;
  audiences: number;
  /**
   * What is right in a rule and yet may surprise, as a period that is cut by the retention.
   */
  warnings: {
    /**
     * JSON Pointer into the rule.
     */
    pointer: string;
    code: string;
    message: string;
    audience?: string;
    campaign?: string;
  }[];
}
export interface RulesetVersion {
  version: number;
  note: string;
  audiences: number;
  /**
   * `unfinished`: a publish that is under way or was cut off; it was never live.
   */
  state: "published" | "unfinished";
  live: boolean;
  rolledBackFrom: number | null;
  createdAt: string;
  createdBy: string;
}
export interface RulesetProgress {
  version: number;
  /**
   * People in the cold index.
   */
  total: number;
  /**
   * Those looked at: told, or found up to date.
   */
  done: number;
  /**
   * Those of whom a membership changed.
   */
  changed: number;
  /**
   * Those who could not be reached; they are tried again.
   */
  failed: number;
  startedAt: string | null;
  finishedAt: string | null;
}
export interface RollbackBody {
  version: number;
  /**
   * Why, for those who read the list of versions.
   */
  note?: string;
}
export interface RulesetDiff {
  /**
   * Version; 0 before the first.
   */
  from: number;
  /**
   * Version; null for the drafts.
   */
  to: number | null;
  total: {
    added: number;
    changed: number;
    removed: number;
  };
  /**
   * The first 500: audiences, placements, campaigns, each by key.
   */
  changes: RulesetChange[];
  /**
   * Settings of the workspace that rules would be read with and that differ.
   */
  settings: string[];
  /**
   * What a publish would meet now; null where no drafts are asked about.
   */
  publish: {
    possible: boolean;
    faults: {
      /**
       * JSON Pointer into the rule.
       */
      pointer: string;
      code: string;
      message: string;
      audience?: string;
      campaign?: string;
    }[];
    warnings: {
      /**
       * JSON Pointer into the rule.
       */
      pointer: string;
      code: string;
      message: string;
      audience?: string;
      campaign?: string;
    }[];
  } | null;
}
export interface RulesetChange {
  kind: "audience" | "placement" | "campaign";
  key: string;
  name: string;
  change: "added" | "changed" | "removed";
  /**
   * What a PUT of it takes.
   */
  before?: {
    [k: string]: unknown | undefined;
  };
  /**
   * What a PUT of it takes.
   */
  after?: {
    [k: string]: unknown | undefined;
  };
  /**
   * Names of those that differ.
   */
  fields: string[];
  /**
   * Of what has a rule.
   */
  sentences?: {
    before: Sentences | null;
    after: Sentences | null;
  };
}
export interface EffectBody {
  /**
   * @minItems 1
   * @maxItems 50
   *
   * Items: Yours to choose; lower case, digits and hyphens.
   */
  audiences?: string[];
}
export interface RulesetEffect {
  /**
   * The live version; 0 before the first.
   */
  from: number;
  /**
   * Audiences of which other people may be members.
   */
  affected: number;
  /**
   * In the sample.
   */
  people: number;
  audiences: {
    key: string;
    name: string;
    change: "added" | "changed" | "removed";
    /**
     * Its own rule, that of an audience it names, or what all rules are read with.
     */
    because: "rule" | "named" | "settings";
    /**
     * Null of what is added.
     */
    before: SeenSize | null;
    /**
     * Null of what is removed.
     */
    after: SeenSize | null;
    entered: SeenSize | null;
    exited: SeenSize | null;
  }[];
  ms: number;
}
/**
 * People, with a 95 % interval; exact where the sample is everybody.
 */
export interface SeenSize {
  /**
   * In the sample.
   */
  seen: number;
  estimate: number;
  low: number;
  high: number;
  exact: boolean;
}
/**
 * One of `anonymousId`, `userId`, `email`, `emailSha256`, `profileId`, or `externalId` {`type`,`id`}.
 */
export interface Identity {}
export interface ProfileRef {
  profileId: string;
}
export interface Profile {
  profileId: string;
  /**
   * `person`, or `shared`: an identifier that too many people bear to be one person's.
   */
  kind: string;
  firstSeen: string | null;
  lastSeen: string | null;
  /**
   * Keyed hashes: identifiers themselves are not kept.
   */
  identifiers: {
    type: string;
    hash: string;
  }[];
  traits: {
    [k: string]: unknown | undefined;
  };
  /**
   * Of each trait that an identify sets, which value won by which policy of the workspace's `goldenRecord`, who gave it, and what the other sources say.
   */
  golden: {
    [k: string]: GoldenTrait | undefined;
  };
  audiences: {
    key: string;
    name: string;
    since: string | null;
    until: string | null;
  }[];
  consent: {
    [k: string]: unknown | undefined;
  };
  /**
   * The household that the person lives in, and since when it is fed.
   */
  household: {
    id: string;
    since: string | null;
  } | null;
}
export interface GoldenTrait {
  policy: "recent" | "priority" | "longest" | "frequent";
  /**
   * Null where the trait was cleared.
   */
  winner: GivenValue | null;
  /**
   * The latest value of each source, but for the one that won: what they set and did not withdraw; newest first, 20 at most.
   */
  others: GivenValue[];
}
export interface GivenValue {
  value?: unknown;
  source: string;
  channel: string;
  party: string;
  time: string;
}
export interface JournalEvents {
  events: {
    messageId: string;
    name: string;
    type: string;
    time: string | null;
    receivedAt: string | null;
    source: string;
    properties: {
      [k: string]: unknown | undefined;
    };
    [k: string]: unknown | undefined;
  }[];
  next: string | null;
}
/**
 * A node of the tree, with what its kind has: what it asks, what it `saw`, its parts in `of` or `part`.
 */
export interface Explanation {
  kind: string;
  value: boolean | "unknown";
  words: Sentences & {
    [k: string]: unknown | undefined;
  };
  /**
   * When time alone would change the value; null for never.
   */
  nextChange: string | null;
  [k: string]: unknown | undefined;
}
export interface IdentityLink {
  type: string;
  hash: string;
  /**
   * `own` names the profile itself; `linked` leads to it; `left` leads to somebody else by now; `shared` is too many people's; `apart` is a profile of its own.
   */
  state: "own" | "linked" | "left" | "shared" | "apart";
  /**
   * What a linked one leads to at first: the profile, or another of its identifiers.
   */
  to: string | null;
  since: string | null;
  /**
   * The call that linked it.
   */
  why: {
    type: string;
    source: string;
    messageId: string;
  } | null;
}
export interface SplitBody {
  identifier: {
    type: string;
    hash: string;
  };
}
export interface LinkBody {
  identifier: {
    type: string;
    hash: string;
  };
}
export interface Household {
  householdId: string;
  members: string[];
  audiences: string[];
  events: number;
}
export interface HouseholdBody {
  householdId: string | null;
}
export interface ImportAccepted {
  /**
   * As the header `Import-Id` gave it, or as it was made.
   */
  importId: string;
  part: number;
}
export interface Import {
  /**
   * As the header `Import-Id` gave it, or as it was made.
   */
  importId: string;
  /**
   * Key of the source.
   */
  source: string;
  type: "track" | "identify";
  format: "ndjson" | "csv";
  dryRun: boolean;
  /**
   * `receiving` waits for its next part, or to be told that there is none; `failed` cannot read the file at all.
   */
  state: "receiving" | "applying" | "done" | "failed";
  /**
   * Rows read so far; a header is none.
   */
  rows: number;
  /**
   * Rows that were accepted, or had been before.
   */
  accepted: number;
  rejected: number;
  /**
   * Rows not taken for want of consent.
   */
  refused: number;
  /**
   * Rows let go by the tracking plan.
   */
  dropped: number;
  /**
   * Of the parts received so far, as UTF-8.
   */
  bytes: {
    done: number;
    total: number;
  };
  parts: {
    received: number;
    last: number | null;
  };
  /**
   * The first part that is not there; null where none is wanted.
   */
  nextPart: number | null;
  /**
   * A store is busy or out of reach; it is tried again then.
   */
  waitingUntil: string | null;
  createdAt: string;
  updatedAt: string;
}
export interface ImportReport {
  /**
   * As the header `Import-Id` gave it, or as it was made.
   */
  importId: string;
  /**
   * Key of the source.
   */
  source: string;
  type: "track" | "identify";
  format: "ndjson" | "csv";
  dryRun: boolean;
  /**
   * `receiving` waits for its next part, or to be told that there is none; `failed` cannot read the file at all.
   */
  state: "receiving" | "applying" | "done" | "failed";
  /**
   * Rows read so far; a header is none.
   */
  rows: number;
  /**
   * Rows that were accepted, or had been before.
   */
  accepted: number;
  rejected: number;
  /**
   * Rows not taken for want of consent.
   */
  refused: number;
  /**
   * Rows let go by the tracking plan.
   */
  dropped: number;
  /**
   * Of the parts received so far, as UTF-8.
   */
  bytes: {
    done: number;
    total: number;
  };
  parts: {
    received: number;
    last: number | null;
  };
  /**
   * The first part that is not there; null where none is wanted.
   */
  nextPart: number | null;
  /**
   * A store is busy or out of reach; it is tried again then.
   */
  waitingUntil: string | null;
  createdAt: string;
  updatedAt: string;
  report: {
    /**
     * What is wrong with the header, or with the map under it.
     */
    failure: {
      /**
       * Why a row was not taken: a stable code.
       */
      code: string;
      column: string | null;
    } | null;
    /**
     * Rejected rows by code.
     */
    codes: {
      [k: string]: number | undefined;
    };
    /**
     * The first 1,000 rejected rows. What they hold is in the quarantine.
     */
    rejected: {
      row: number;
      /**
       * Why a row was not taken: a stable code.
       */
      code: string;
      column?: string;
    }[];
    /**
     * Of a dry run: the first events, as they would be.
     */
    events: {
      row: number;
      event?: unknown;
    }[];
  };
}
export interface Plan {
  /**
   * 0: none was written yet.
   */
  version: number;
  events: {
    [k: string]: PlannedEvent | undefined;
  };
  unplanned: "allow" | "quarantine" | "drop";
  personal: {
    email: "allow" | "quarantine" | "hash";
    card: "allow" | "quarantine" | "hash";
  };
  updatedAt: string | null;
}
export interface PlannedEvent {
  description?: string;
  /**
   * The name it is to bear. What else is planned for it stands with that name.
   */
  rename?: string;
  properties?: {
    /**
     * From the path at which a value arrives to the one where it belongs. What stands there already stays.
     */
    rename?: {
      [k: string]: string | undefined;
    };
    /**
     * What a value that is a text is read as; what cannot be read stays as it is. `[]` after a key is each element.
     */
    types?: {
      [k: string]:
        "text" | "number" | "decimal-comma" | "integer" | "boolean" | "json" | "instant" | "unix" | "unixms" | undefined;
    };
  };
  /**
   * JSON Schema (draft 7) of the properties, or of the traits, after renaming and typing. Patterns are of RE2; `$ref` leads within the schema.
   */
  schema?: {};
  /**
   * What becomes of an event that the schema does not hold of; `quarantine` without.
   */
  violation?: "allow" | "quarantine" | "drop";
  /**
   * Properties in which personal data may stand.
   *
   * @maxItems 100
   */
  personal?: string[];
}
export interface PlanBody {
  /**
   * By the name under which an event arrives; `$page`, `$screen`, `$identify`, `$group`, `$alias` for the other calls.
   */
  events?: {
    [k: string]: PlannedEvent | undefined;
  };
  /**
   * What becomes of events that are not named.
   */
  unplanned?: "allow" | "quarantine" | "drop";
  /**
   * What becomes of an e-mail address, or a card's number, where none should be.
   */
  personal?: {
    email?: "allow" | "quarantine" | "hash";
    card?: "allow" | "quarantine" | "hash";
  };
}
export interface PlanCheckBody {
  plan?: PlanBody;
  /**
   * As `POST /v1/batch` takes them, each with its `type`.
   *
   * @minItems 1
   * @maxItems 100
   */
  events: {}[];
}
export interface PlanJudgement {
  /**
   * `allowed`: not as planned, taken all the same.
   */
  outcome: "as_planned" | "allowed" | "quarantined" | "dropped";
  code: string | null;
  detail: string | null;
  /**
   * As it would be taken: renamed, typed, hashed.
   */
  event?: {
    [k: string]: unknown | undefined;
  };
}
export interface RejectedEvent {
  id: string;
  source: string;
  messageId: string | null;
  /**
   * Why it was rejected.
   */
  code: string;
  /**
   * Of a violation of the plan: what is wrong where.
   */
  detail: string | null;
  receivedAt: string;
  /**
   * The event as it came.
   */
  payload?: {
    [k: string]: unknown | undefined;
  };
}
/**
 * How many events were not taken for want of consent; which ones is not kept.
 */
export interface RefusedCount {
  source: string;
  day: string;
  count: number;
}
export interface QuarantineReplayBody {
  /**
   * @minItems 1
   * @maxItems 500
   */
  ids?: string[];
  code?: string;
  source?: string;
  /**
   * How many at most; the oldest first.
   */
  limit?: number;
  /**
   * `next` of the page before.
   */
  cursor?: string;
  /**
   * JSON merge patch (RFC 7396) that is applied to each event before it is sent again.
   */
  patch?: {};
}
export interface QuarantineReplay {
  replayed: number;
  /**
   * They count now, and have left the quarantine.
   */
  accepted: number;
  /**
   * They stay; `errors` says why.
   */
  rejected: number;
  /**
   * Consent forbids them: they are gone, but for a count.
   */
  refused: number;
  /**
   * The plan lets them go by now: they are gone, but for a count.
   */
  dropped: number;
  /**
   * Events in quarantine that the same choice still means.
   */
  remaining: number;
  errors: {
    id: string;
    messageId: string | null;
    code: string;
  }[];
  /**
   * Cursor of the next page; null on the last one.
   */
  next: string | null;
}
export interface AuditEntry {
  at: string;
  actor: string;
  action: string;
  target: string;
}
export interface AudienceSize {
  /**
   * People in the audience, as far as their profiles have announced it: seconds behind.
   */
  now: number;
  series: {
    /**
     * Begin of the hour.
     */
    time: string;
    /**
     * At the hour's end.
     */
    size: number;
    entered: number;
    exited: number;
    /**
     * By a publish, apart from what people and time did.
     */
    publish: {
      entered: number;
      exited: number;
    };
  }[];
  /**
   * All in the span, whether they moved this audience or not (of each hour `publish` says so), the latest 200, oldest first.
   */
  publishes: {
    time: string;
    version: number;
    note: string;
  }[];
}
export interface Catalogue {
  events: CataloguedEvent[];
  /**
   * True where the catalogue is full: what came after is not in it.
   */
  truncated: boolean;
}
export interface CataloguedEvent {
  /**
   * As rules name it.
   */
  event: string;
  /**
   * Day (UTC) on which it first arrived.
   */
  firstSeen: string;
  /**
   * Day (UTC) on which it last arrived.
   */
  lastSeen: string;
  /**
   * Events whose time lies in the last 7 days.
   */
  last7Days: number;
  last30Days: number;
  /**
   * Keys of the sources that have sent it.
   */
  sources: string[];
  /**
   * Channels of those sources, as they are now.
   */
  channels: string[];
}
export interface CataloguedEventDetail {
  /**
   * As rules name it.
   */
  event: string;
  /**
   * Day (UTC) on which it first arrived.
   */
  firstSeen: string;
  /**
   * Day (UTC) on which it last arrived.
   */
  lastSeen: string;
  /**
   * Events whose time lies in the last 7 days.
   */
  last7Days: number;
  last30Days: number;
  /**
   * Keys of the sources that have sent it.
   */
  sources: string[];
  /**
   * Channels of those sources, as they are now.
   */
  channels: string[];
  properties: CataloguedProperty[];
  /**
   * True where the catalogue is full: what came after is not in it.
   */
  truncated: boolean;
}
export interface CataloguedProperty {
  /**
   * As rules write it; `products[].sku` is `sku` of the elements of `products`, `tags[]` an element itself.
   */
  path: string;
  /**
   * Day (UTC) on which it first arrived.
   */
  firstSeen: string;
  /**
   * Day (UTC) on which it last arrived.
   */
  lastSeen: string;
  /**
   * What its values have been. `instant` is a text that rules read as an instant; more than one type is worth a look.
   */
  types: {
    type: "text" | "number" | "boolean" | "instant" | "object" | "array" | "null";
    /**
     * Day (UTC) on which it first arrived.
     */
    firstSeen: string;
    /**
     * Day (UTC) on which it last arrived.
     */
    lastSeen: string;
  }[];
  /**
   * Its values, as far as three people have sent them. Null where it has more than 10, or where they may be personal.
   */
  values: (string | number | boolean)[] | null;
}
export interface DeadLetter {
  id: string;
  at: string;
  /**
   * `gave_up`: it could be read, but not be applied within all its tries.
   */
  reason: "gave_up" | "not_a_message" | "unknown_version";
  replayedAt: string | null;
  /**
   * The message as it came.
   */
  body: string;
}
export interface ReplayBody {
  /**
   * @minItems 1
   * @maxItems 90
   */
  ids?: string[];
}
export interface HealthDetail {
  ok: boolean;
  version: string;
  ruleset: number | null;
  stores: {
    d1: StoreHealth;
    published: StoreHealth;
    archive: StoreHealth;
  };
  /**
   * Null where no batch was taken yet, or D1 cannot be asked.
   */
  queue: QueueHealth | null;
  deadLetters: {
    waiting: number;
    /**
     * Of the whole deployment: those that do not say whose they are.
     */
    nobodys: number;
  } | null;
  sweep: SweepHealth | null;
  /**
   * What was counted in the last 24 hours; what isolates count themselves comes up to 10 s late.
   */
  lastDay: {
    [k: string]: number | undefined;
  } | null;
}
export interface StoreHealth {
  reachable: boolean;
  /**
   * How long it took to answer, or to fail.
   */
  ms: number;
}
export interface QueueHealth {
  /**
   * When a batch was last taken.
   */
  at: string;
  /**
   * Age of the oldest message of that batch.
   */
  lagMs: number;
  /**
   * Age of the oldest message that had to be put back; null where none had to.
   */
  oldestWaitingMs: number | null;
}
export interface SweepHealth {
  version: number;
  total: number;
  done: number;
  changed: number;
  failed: number;
  startedAt: string;
  finishedAt: string | null;
}
export interface Home {
  today: HomeSpan;
  weekAgo: HomeSpan & {
    [k: string]: unknown | undefined;
  };
  people: number;
  activeToday: number;
  /**
   * Audiences whose size changed most in 24 hours.
   */
  moving: {
    key: string;
    now: number;
    change: number;
    series: number[];
  }[];
  campaigns: {
    live: number;
    published: number;
  };
  quarantine: number;
  deadLetters: number;
}
export interface HomeSpan {
  /**
   * Accepted, once each.
   */
  events: number;
  rejected: number;
  decisions: number;
  /**
   * ms that half of the decisions waited at most for objects.
   */
  waitP50: number | null;
  waitP95: number | null;
  newPeople: number;
}
export interface Volume {
  hours: string[];
  sources: {
    source: string;
    events: number[];
  }[];
}
export interface RestoreBody {
  profileId?: string;
  /**
   * `next` of the step before.
   */
  cursor?: string;
}
export interface RestoreStep {
  /**
   * Events read from the archive in this step.
   */
  read: number;
  /**
   * Those that were lost and are back.
   */
  restored: number;
  next: string | null;
}
