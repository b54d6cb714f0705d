namespace Nua.Check.Comparing;

/// <summary>What differs from image A to image B. Texts from the images are raw.</summary>
/// <param name="Packages">Components by <c>TYPE/NAME</c>, sorted.</param>
/// <param name="Files">Parents before what is in them, in the order of their names.</param>
/// <param name="Configuration">Fields of the image configuration, sorted.</param>
public sealed record ImageDifference(
    string DigestA,
    string DigestB,
    IReadOnlyList<Change> Packages,
    IReadOnlyList<FileChange> Files,
    IReadOnlyList<Change> Configuration,
    ImageSizes SizesA,
    ImageSizes SizesB)
{
    /// <summary>Different digests may still hold the same content: compressed otherwise, or cut into other
    /// layers.</summary>
    public bool IsSameContent => Packages.Count == 0 && Files.Count == 0 && Configuration.Count == 0;
}

/// <summary>One thing that was added (<see cref="Before"/> is null), removed (<see cref="After"/> is null) or
/// changed.</summary>
public sealed record Change(string Name, string? Before, string? After);

/// <param name="Path">Absolute.</param>
/// <param name="What"><c>added</c>, <c>removed</c>, <c>content</c>, <c>mode 0644 → 0755</c>, <c>owner</c>, <c>type</c>,
/// <c>target</c>; several joined by a comma.</param>
/// <param name="SizeBefore">Bytes; 0 for what is not a file or was not there.</param>
public sealed record FileChange(string Path, string What, long SizeBefore, long SizeAfter);

/// <param name="Compressed">Bytes of the layers' blobs.</param>
/// <param name="Files">Bytes of the files that a container sees.</param>
public sealed record ImageSizes(long Compressed, long Files, int Layers);
