namespace Nua.Acceptance.Running;

/// <summary>Tests of this collection run one after the other when all others have ended: what they list must be their own.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
