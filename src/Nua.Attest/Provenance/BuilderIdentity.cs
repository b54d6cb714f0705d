namespace Nua.Attest.Provenance;

/// <summary>Who built, and when.</summary>
/// <param name="Id">URI of the builder. It means that whoever trusts this builder may trust what the provenance says.</param>
public sealed record BuilderIdentity(string Id)
{
    /// <summary>nua, run by somebody on some machine: nothing that anybody could trust on its own. SLSA level 1.</summary>
    public const string LocalId = "urn:nua:builder:local";

    /// <summary>Null when it is not known.</summary>
    public DateTimeOffset? StartedOn { get; init; }

    /// <inheritdoc cref="StartedOn"/>
    public DateTimeOffset? FinishedOn { get; init; }
}
