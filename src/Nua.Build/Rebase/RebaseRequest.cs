using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Settings;

namespace Nua.Build.Rebase;

/// <summary>Which image is to stand on which base.</summary>
public sealed record RebaseRequest
{
    /// <summary>Name or digest of a Nua image in the store.</summary>
    public required string Image { get; init; }

    /// <summary>As <c>--base</c> of a build takes it.</summary>
    public required string BaseReference { get; init; }

    /// <summary><c>NAME:TAG</c> of the result; null is the name the image has.</summary>
    public string? Name { get; init; }

    public required string StoreHome { get; init; }

    public NetworkOptions Registries { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Says what an image lacks to run that it did not lack before: the old image, the new one, and the reasons why not. Whoever checks images knows.
    /// </summary>
    public required Func<Image, Image, IReadOnlyList<string>> Judge { get; init; }

    public Action<Problem> Warn { get; init; } = _ => { };
}

/// <param name="WasThere">The image stood on that base already; nothing was made.</param>
/// <param name="OldBase">Digest of the base it stood on.</param>
public sealed record RebaseOutcome(Digest Digest, string ImageName, Digest NewBase, string OldBase, bool WasThere);
