using System.Xml;
using System.Xml.Linq;
using Nua.Foundation;

namespace Nua.Build.Planning.Reading;

/// <summary>Reads an XML file without DTDs, entities or anything from outside the file.</summary>
internal static class XmlManifest
{
    private const int MostDepth = 200;

    /// <summary>Null when the file is absent.</summary>
    /// <exception cref="ProblemException">not XML, or deeper than a project file is, with line and column.</exception>
    public static XElement? Read(AppFolder folder, string path)
    {
        if (folder.ReadText(path, 4 << 20) is not { } text)
        {
            return null;
        }

        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            CheckDepth(path, text, settings);
            using var reader = XmlReader.Create(new StringReader(text), settings);
            return XElement.Load(reader);
        }
        catch (XmlException error)
        {
            throw new ProblemException(
                SourceProblems.BadManifest(path, Math.Max(1, error.LineNumber), Math.Max(1, error.LinePosition),
                    error.Message), error);
        }
    }

    /// <summary>The tree is built by recursion, so depth is limited before it is.</summary>
    private static void CheckDepth(string path, string text, XmlReaderSettings settings)
    {
        using var reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read())
        {
            if (reader.Depth > MostDepth)
            {
                var place = (IXmlLineInfo)reader;
                throw new ProblemException(SourceProblems.BadManifest(
                    path, place.LineNumber, place.LinePosition, $"elements are nested more than {MostDepth} deep"));
            }
        }
    }
}
