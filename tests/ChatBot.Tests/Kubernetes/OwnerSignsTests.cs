using System.Text.Json;
using ChatBot.Kubernetes;
using k8s;
using k8s.Models;

namespace ChatBot.Tests.Kubernetes;

public sealed class OwnerSignsTests
{
    private const string Spec = "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{\"f:template\":{}}}";

    [Theory]
    [InlineData("""{"annotations":{"argocd.argoproj.io/tracking-id":"shop-prod:apps/Deployment:shop/checkout-api"}}""", "Argo CD", "shop-prod", true)]
    [InlineData("""{"labels":{"argocd.argoproj.io/instance":"shop-prod"}}""", "Argo CD", "shop-prod", true)]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"shop"}}""", "Flux", "shop", true)]
    [InlineData("""{"labels":{"helm.toolkit.fluxcd.io/name":"shop","app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"shop"}}""", "Flux", "shop", false)]
    [InlineData("""{"annotations":{"meta.helm.sh/release-name":"shop"}}""", "Helm", "shop", false)]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm","app.kubernetes.io/instance":"shop"}}""", "Helm", "shop", false)]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"argocd","app.kubernetes.io/instance":"shop"}}""", "Argo CD", "shop", true)]
    [InlineData("""{"ownerReferences":[{"apiVersion":"x/v1","kind":"WebApp","name":"shop","uid":"u","controller":true}]}""", "an operator", "WebApp shop", true)]
    [InlineData($$"""{"managedFields":[{"manager":"argocd-controller","operation":"Apply",{{Spec}}}]}""", "Argo CD", "", true)]
    [InlineData($$"""{"managedFields":[{"manager":"kustomize-controller","operation":"Apply",{{Spec}}}]}""", "Flux", "", true)]
    [InlineData($$"""{"managedFields":[{"manager":"shop-operator","operation":"Update",{{Spec}}}]}""", "an operator", "shop-operator", true)]
    public void Whoever_keeps_the_object_is_named(string metadata, string tool, string name, bool reverts)
    {
        var owner = OwnerSigns.Of(Read(metadata))!;

        Assert.Equal((tool, name, reverts), (owner.Tool, owner.Name.Value, owner.Reverts));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"labels":{"app.kubernetes.io/instance":"shop"}}""")]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"team-shop"}}""")]
    [InlineData($$"""{"managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update",{{Spec}}},{"manager":"chatbot","operation":"Update",{{Spec}}},{"manager":"kube-controller-manager","operation":"Update",{{Spec}}}]}""")]
    [InlineData("""{"managedFields":[{"manager":"some-injector","operation":"Update","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{}}}]}""")]
    [InlineData($$"""{"managedFields":[{"manager":"some-autoscaler","operation":"Update","subresource":"scale",{{Spec}}}]}""")]
    public void People_and_Kubernetes_itself_put_nothing_back(string metadata) => Assert.Null(OwnerSigns.Of(Read(metadata)));

    private static V1ObjectMeta Read(string json) => KubernetesJson.Deserialize<V1ObjectMeta>(json) ?? throw new JsonException();
}
