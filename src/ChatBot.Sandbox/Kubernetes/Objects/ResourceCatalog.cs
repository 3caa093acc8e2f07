namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Everything this API serves.</summary>
internal static class ResourceCatalog
{
    public static readonly ResourceType Pods = new("", "v1", "Pod", "pods")
    {
        ShortNames = ["po"],
        Subresources = ["log", "status"],
        IsInAll = true,
    };

    public static readonly ResourceType ConfigMaps = new("", "v1", "ConfigMap", "configmaps") { ShortNames = ["cm"] };

    public static readonly ResourceType Secrets = new("", "v1", "Secret", "secrets");

    public static readonly ResourceType Events = new("", "v1", "Event", "events") { ShortNames = ["ev"] };

    public static readonly ResourceType Quotas = new("", "v1", "ResourceQuota", "resourcequotas") { ShortNames = ["quota"], Subresources = ["status"] };

    public static readonly ResourceType Namespaces =
        new("", "v1", "Namespace", "namespaces", IsNamespaced: false) { ShortNames = ["ns"] };

    public static readonly ResourceType ServiceAccounts = new("", "v1", "ServiceAccount", "serviceaccounts") { ShortNames = ["sa"] };

    public static readonly ResourceType Deployments = Workload("Deployment", "deployments", "deploy");

    public static readonly ResourceType ReplicaSets = Workload("ReplicaSet", "replicasets", "rs");

    public static readonly ResourceType StatefulSets = Workload("StatefulSet", "statefulsets", "sts");

    public static readonly ResourceType DaemonSets = Workload("DaemonSet", "daemonsets", "ds") with { Subresources = ["status"] };

    public static readonly ResourceType Autoscalers = new("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
    {
        ShortNames = ["hpa"],
        Subresources = ["status"],
        IsInAll = true,
    };

    public static readonly ResourceType Roles = new("rbac.authorization.k8s.io", "v1", "Role", "roles");

    public static readonly ResourceType RoleBindings = new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings");

    public static readonly ResourceType ClusterRoles =
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", IsNamespaced: false);

    public static readonly ResourceType ClusterRoleBindings =
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", IsNamespaced: false);

    public static readonly ResourceType AccessReviews = Question("SelfSubjectAccessReview", "selfsubjectaccessreviews");

    public static readonly ResourceType RulesReviews = Question("SelfSubjectRulesReview", "selfsubjectrulesreviews");

    public static IReadOnlyList<ResourceType> All { get; } =
    [
        Pods, ConfigMaps, Secrets, Events, Quotas, Namespaces, ServiceAccounts,
        Deployments, ReplicaSets, StatefulSets, DaemonSets,
        Autoscalers,
        AccessReviews, RulesReviews,
        Roles, RoleBindings, ClusterRoles, ClusterRoleBindings,
    ];

    public static ResourceType? Find(string group, string version, string plural) => All.FirstOrDefault(type =>
        type.Group == group && type.Version == version && type.Plural == plural);

    public static ResourceType? OfKind(string apiVersion, string kind) => All.FirstOrDefault(type =>
        type.ApiVersion == apiVersion && type.Kind == kind);

    private static ResourceType Workload(string kind, string plural, string shortName) => new("apps", "v1", kind, plural)
    {
        ShortNames = [shortName],
        Subresources = ["scale", "status"],
        IsInAll = true,
        CountsGenerations = true,
    };

    private static ResourceType Question(string kind, string plural) =>
        new("authorization.k8s.io", "v1", kind, plural, IsNamespaced: false) { IsQuestion = true };
}
