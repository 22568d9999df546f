import type { ReactNode } from "react";
import { Route, Switch } from "wouter";
import { AudienceScreen } from "./audience.tsx";
import { AudienceList } from "./list.tsx";
import { NewAudience } from "./editor.tsx";

/** Which groups of people are there, what do they mean, and how do they move? */
export default function AudienceRoom(): ReactNode {
  return (
    <Switch>
      <Route path="/audiences/+new">
        <NewAudience />
      </Route>
      <Route path="/audiences/:key">{({ key }) => <AudienceScreen key={key} audienceKey={key} />}</Route>
      <Route>
        <AudienceList />
      </Route>
    </Switch>
  );
}
