namespace Nua.Tests.Check;

/// <summary>One way of breaking one rule of a good image.</summary>
/// <param name="Rule">The rule that must be found broken.</param>
/// <param name="How">What was done; unique for the rule.</param>
/// <param name="Also">Other rules that cannot be kept when this one is broken so; empty almost always.</param>
internal sealed record BrokenImage(string Rule, string How, Action<GoodImage> Break, params string[] Also)
{
    /// <summary>Every case of every family.</summary>
    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        .. BrokenTrees.All, .. BrokenMetadata.All, .. BrokenScripts.All, .. BrokenConfigurations.All,
        .. BrokenSecrets.All,
        .. BrokenSboms.All, .. BrokenDocuments.All, .. BrokenLayers.All,
    ];

    public override string ToString() => $"{Rule}: {How}";
}
