using Nua.Foundation;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>What unpacking says to an entry for itself, whatever else the image holds.</summary>
public static class EntryVerdict
{
    /// <returns>NUA3026, NUA3034 or NUA3050 to NUA3059; null when nothing is wrong with it.</returns>
    public static Problem? Of(TarEntry entry, string where)
    {
        try
        {
            var change = LayerChange.Of(entry, where);
            var isDevice = entry.Type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice;
            return isDevice && change.Kind == ChangeKind.Put && !UsualDevices.Contains(change.Path)
                ? UsualDevices.Refused(change.Path, where).Problems[0]
                : null;
        }
        catch (ProblemException refusal)
        {
            return refusal.Problems[0];
        }
    }
}
