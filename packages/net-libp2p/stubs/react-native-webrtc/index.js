// Nothing under Node asks for this: it stands where the real one, for phones, would bring React Native with it.

throw new Error('react-native-webrtc is a stub here: under Node WebRTC is node-datachannel');
